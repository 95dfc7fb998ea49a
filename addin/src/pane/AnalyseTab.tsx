import { Button, Checkbox, Field, Input, Link, MessageBar, MessageBarBody, Select } from "@fluentui/react-components";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { AnalysisResults } from "./AnalysisResults";
import { analysisProblems, choicesOf, statisticChoice, STATISTICS, type AnalysisKind, type AnalysisRecord, type Choice } from "./analysisForm";
import { useSession } from "./hooks";
import { DismissIcon, PlayIcon } from "./icons";
import { NoticeBar } from "./NoticeBar";
import { formatCount } from "./numbers";
import { describeRun, failureTitle, Running } from "./RunTab";
import { settingsProblems } from "./runs";
import { isRunning, type RunState } from "./state";

type Problems = Readonly<Record<string, string>>;
interface PartProps {
  readonly problems: Problems;
  readonly inputs: readonly Choice[];
  readonly outputs: readonly Choice[];
}

const KINDS: readonly (readonly [AnalysisKind, string, string])[] = [
  ["goal_seek", "Goal seek", "Finds the number in a cell that brings a statistic of an output to a target."],
  ["stress", "Stress test", "Runs the model again with inputs drawn from an end of their distributions alone."],
  ["sobol", "Sobol indices", "Shares of an output’s variance, alone and with interactions. For independent inputs."],
  ["shapley", "Shapley effects", "Shares of an output’s variance that add up to 100%, for correlated inputs too."],
];
const METHODS = { latin_hypercube: "Latin hypercube", monte_carlo: "Monte Carlo", sobol: "Sobol sequence" } as const;

/** What an analysis is doing, in words: it may be one of several runs. */
export function describeAnalysis(run: Pick<RunState, "phase" | "progress">): string {
  const { phase, progress } = run;
  if (phase === "failed") return "The analysis failed.";
  if (phase === "cancelled") return "The analysis was stopped.";
  const text = describeRun(run);
  const isOneOfMany = (phase === "running" || phase === "queued") && progress?.stage === "simulating" && (progress.run ?? 1) > 1;
  return isOneOfMany ? `Run ${progress.run}: ${text}` : text;
}

/** What screen readers hear: beginnings and ends, not every percent. */
export function announceAnalysis(run: Pick<RunState, "phase" | "progress">): string {
  if (run.phase === "idle") return "";
  return run.phase === "running" ? "Analysing" : describeAnalysis(run);
}

const stateOf = (problem: string | undefined): "error" | "none" => (problem ? "error" : "none");

interface TextProps {
  readonly label: string;
  readonly field: string;
  readonly value: string;
  readonly problems: Problems;
  readonly placeholder?: string;
  readonly hint?: string;
  readonly onChange: (value: string) => void;
}

function TextField({ label, field, value, problems, placeholder, hint, onChange }: TextProps): ReactNode {
  return (
    <Field label={label} hint={hint} validationMessage={problems[field]} validationState={stateOf(problems[field])}>
      <Input value={value} inputMode="decimal" placeholder={placeholder} spellCheck={false} autoComplete="off" onChange={(_, data) => onChange(data.value)} />
    </Field>
  );
}

function StatisticFields({ problems, label }: Pick<PartProps, "problems"> & { label: string }): ReactNode {
  const { session, state } = useSession();
  const { statistic } = state.analysis.form;
  const level = statisticChoice(statistic.name)?.level;
  const choose = (name: string): void => {
    const next = statisticChoice(name)?.level;
    session.analyses.change({ statistic: { name, level: next ? (next.isShare === level?.isShare ? statistic.level : next.example) : "" } });
  };
  return (
    <div className={level ? "mc-fields mc-of-2" : "mc-fields"}>
      <Field label={label}>
        <Select value={statistic.name} onChange={(_, { value }) => choose(value)}>
          {STATISTICS.map((each) => <option key={each.name} value={each.name}>{each.label}</option>)}
        </Select>
      </Field>
      {level && <TextField label={level.label} field="level" value={statistic.level} problems={problems} placeholder={level.example} onChange={(text) => session.analyses.change({ statistic: { ...statistic, level: text } })} />}
    </div>
  );
}

function OutputField({ outputs, problems, all }: Pick<PartProps, "outputs" | "problems"> & { all: boolean }): ReactNode {
  const { session, state } = useSession();
  const { output } = state.analysis.form;
  const isKnown = outputs.some(({ value }) => value === output);
  const [only] = outputs;
  // A lone output needs no choosing; one that is gone is no choice.
  useEffect(() => {
    const next = !all && outputs.length === 1 && only ? only.value : "";
    if (!isKnown && output !== next) session.analyses.change({ output: next });
  }, [all, isKnown, only, output, outputs.length, session]);
  return (
    <Field label="Output" validationMessage={problems.output} validationState={stateOf(problems.output)}>
      <Select value={isKnown ? output : ""} onChange={(_, { value }) => session.analyses.change({ output: value })}>
        {all ? <option value="">all outputs</option> : !isKnown && <option value="">choose…</option>}
        {outputs.map(({ value, label }) => <option key={value} value={value}>{label}</option>)}
      </Select>
    </Field>
  );
}

function GoalSeekFields({ problems, outputs }: PartProps): ReactNode {
  const { session, state } = useSession();
  const { form } = state.analysis;
  const change = session.analyses.change.bind(session.analyses);
  return (
    <>
      <div className="mc-beside">
        <TextField label="Cell to change" field="cell" value={form.cell} problems={problems} placeholder="B8" onChange={(cell) => change({ cell })} />
        <Button onClick={() => void session.analyses.useSelection()}>Use selection</Button>
      </div>
      <div className="mc-fields mc-of-2">
        <TextField label="Lowest value" field="low" value={form.low} problems={problems} onChange={(low) => change({ low })} />
        <TextField label="Highest value" field="high" value={form.high} problems={problems} onChange={(high) => change({ high })} />
      </div>
      <OutputField outputs={outputs} problems={problems} all={false} />
      <StatisticFields problems={problems} label="Statistic" />
      <div className="mc-fields mc-of-2">
        <TextField label="Target" field="target" value={form.target} problems={problems} onChange={(target) => change({ target })} />
        <TextField label="Tolerance (optional)" field="tolerance" value={form.tolerance} problems={problems} placeholder="automatic" onChange={(tolerance) => change({ tolerance })} />
      </div>
    </>
  );
}

function StressRow({ choice: { value, label }, problem }: { choice: Choice; problem: string | undefined }): ReactNode {
  const { session, state } = useSession();
  const { ranges } = state.analysis.form;
  const range = ranges[value];
  const set = (next: { low: string; high: string } | null): void => {
    const { [value]: _, ...others } = ranges;
    session.analyses.change({ ranges: next ? { ...others, [value]: next } : others });
  };
  const name = label.replace(/ \([^()]*\)$/, "");
  return (
    <li className="mc-stress">
      <Checkbox checked={range !== undefined} label={label} onChange={(_, { checked }) => set(checked ? { low: "0%", high: "5%" } : null)} />
      {range && (
        <div className="mc-stress-range" role="group" aria-label={`Percentiles of ${name}`}>
          <span>from</span><Input size="small" value={range.low} aria-label={`${name} from percentile`} aria-invalid={problem ? true : undefined} onChange={(_, data) => set({ ...range, low: data.value })} />
          <span>to</span><Input size="small" value={range.high} aria-label={`${name} to percentile`} aria-invalid={problem ? true : undefined} onChange={(_, data) => set({ ...range, high: data.value })} />
          <Button size="small" onClick={() => set({ low: "0%", high: "5%" })} aria-label={`${name}: lowest 5%`}>lowest 5%</Button>
          <Button size="small" onClick={() => set({ low: "95%", high: "100%" })} aria-label={`${name}: highest 5%`}>highest 5%</Button>
        </div>
      )}
      {problem && <p className="mc-facts mc-wrong" role="alert">{name}: {problem}.</p>}
    </li>
  );
}

function StressFields({ problems, inputs }: PartProps): ReactNode {
  const { session, state } = useSession();
  const { together, ranges } = state.analysis.form;
  return (
    <>
      <fieldset className="mc-settings mc-stresses">
        <legend>Inputs, drawn only between these percentiles</legend>
        <ul className="mc-list">{inputs.map((choice) => <StressRow key={choice.value} choice={choice} problem={problems[`range ${choice.value}`]} />)}</ul>
        {problems.ranges && <p className="mc-facts mc-wrong" role="alert">{problems.ranges}.</p>}
      </fieldset>
      {Object.keys(ranges).length > 1 && <Checkbox checked={together} label="Also all of them together" onChange={(_, { checked }) => session.analyses.change({ together: checked === true })} />}
      <StatisticFields problems={problems} label="Compare by" />
    </>
  );
}

const isMore = (problems: Problems, base: string): true | undefined => (problems.base || base !== "" ? true : undefined);

function IndexFields({ problems, outputs, inputs }: PartProps): ReactNode {
  const { session, state } = useSession();
  const { kind, base } = state.analysis.form;
  const usual = kind === "sobol" ? 1024 : 10_000;
  const size = Number(base) || usual;
  const text = kind === "sobol" ? `About ${formatCount(size * (inputs.length + 2))} iterations with ${inputs.length} inputs.` : "Iterations for the variance; the orders of the inputs come on top.";
  return (
    <>
      <OutputField outputs={outputs} problems={problems} all />
      <details className="mc-certificate mc-limits" open={isMore(problems, base)}>
        <summary>Precision</summary>
        <div className="mc-fields"><TextField label="Iterations of a block" field="base" value={base} problems={problems} placeholder={formatCount(usual)} hint={text} onChange={(next) => session.analyses.change({ base: next })} /></div>
      </details>
    </>
  );
}

function RunSettingsNote(): ReactNode {
  const { session, state } = useSession();
  const { iterations, sampling, seed } = state.settings;
  const isDesigned = state.analysis.form.kind === "sobol" || state.analysis.form.kind === "shapley";
  const isWrong = Object.keys(settingsProblems(state.settings)).length > 0;
  if (isWrong) return <p className="mc-complaint" role="alert">The settings of the run are not complete. <Link as="button" inline onClick={() => session.showTab("run")}>Change them</Link></p>;
  return (
    <p className="mc-facts">
      {isDesigned ? `Seed ${seed}` : `${formatCount(iterations)} iterations in each run, ${METHODS[sampling]}, seed ${seed}`}, as set under <Link as="button" inline onClick={() => session.showTab("run")}>Run</Link>.
    </p>
  );
}

function Form(): ReactNode {
  const { session, state } = useSession();
  const { form, run } = state.analysis;
  const [asked, setAsked] = useState(false);
  const choices = choicesOf(state);
  const found = analysisProblems(form, choices);
  const problems = asked ? found : {};
  const parts = { problems, ...choices };
  const Fields = form.kind === "goal_seek" ? GoalSeekFields : form.kind === "stress" ? StressFields : IndexFields;
  const submit = useRef<HTMLButtonElement>(null);
  const isOver = run.phase !== "idle";
  // The button that cancels takes the focus with it when it goes; what was found, above, stays in sight.
  useEffect(() => { if (isOver && document.activeElement === document.body && document.hasFocus()) submit.current?.focus({ preventScroll: true }); }, [isOver]);
  return (
    <form className="mc-editor" noValidate onSubmit={(event) => { event.preventDefault(); setAsked(true); void session.analyses.start(); }}>
      <Field label="Analysis" hint={KINDS.find(([kind]) => kind === form.kind)?.[2]}>
        <Select value={form.kind} onChange={(_, { value }) => { setAsked(false); session.analyses.change({ kind: value as AnalysisKind }); }}>
          {KINDS.map(([kind, label]) => <option key={kind} value={kind}>{label}</option>)}
        </Select>
      </Field>
      <Fields {...parts} />
      <RunSettingsNote />
      {asked && Object.keys(found).length > 0 && <p className="mc-facts mc-wrong" role="alert">Something is missing: look at the fields marked in red.</p>}
      <div className="mc-actions"><Button ref={submit} type="submit" appearance="primary" icon={<PlayIcon />} disabled={state.busy !== null}>Analyse</Button></div>
    </form>
  );
}

function Nothing(): ReactNode {
  const { session, state } = useSession();
  return (
    <section className="mc-card mc-center">
      <p>{state.outputs.length ? "There are no uncertain inputs yet." : "There is no output yet."} Define both under Model, or let the engine look for those of other products.</p>
      <div className="mc-actions">
        <Button appearance="primary" onClick={() => session.showTab("model")}>Go to Model</Button>
        <Button disabled={state.checking} onClick={() => void session.checkModel()}>{state.checking ? "Checking…" : "Check the model"}</Button>
      </div>
    </section>
  );
}

function Outcome(): ReactNode {
  const { session, state } = useSession();
  const { run, current } = state.analysis;
  if (run.phase === "failed" && run.problem) {
    const { detail, cells, status } = run.problem;
    return (
      <>
        <NoticeBar title={status === 422 ? "This cannot be analysed yet." : failureTitle(run.problem)} notice={{ intent: "error", text: detail, ...(cells ? { cells } : {}) }} />
        {current && !current.isOver && <div><Button size="small" onClick={() => void session.analyses.open(current)}>Try again</Button></div>}
      </>
    );
  }
  if (run.phase === "cancelled") return <NoticeBar notice={{ intent: "info", text: "The analysis was stopped. Nothing was changed in the workbook." }} />;
  return null;
}

const WHEN: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "short" };

function whenOf({ started }: AnalysisRecord): string {
  const date = new Date(started);
  return Number.isNaN(date.getTime()) ? "" : date.toLocaleString("en-US", WHEN);
}

function Earlier(): ReactNode {
  const { session, state } = useSession();
  const { records, current } = state.analysis;
  if (!records.length) return null;
  return (
    <section aria-labelledby="mc-earlier">
      <h2 id="mc-earlier" className="mc-heading">Analyses of this workbook <span className="mc-count">{records.length}</span></h2>
      <ul className="mc-list">
        {records.map((record) => (
          <li key={record.id} className={record.id === current?.id ? "mc-row mc-current" : "mc-row"}>
            <button type="button" className="mc-row-main" aria-current={record.id === current?.id || undefined} onClick={() => void session.analyses.open(record)}>
              <span className="mc-row-name">{record.title}</span>
              <span className="mc-row-detail">{whenOf(record)}{record.isOver ? "" : ", not seen to end yet"}</span>
            </button>
            <Button size="small" appearance="subtle" icon={<DismissIcon />} aria-label={`Forget ${record.title}`} onClick={() => session.analyses.drop(record)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Questions that one run does not answer: jobs on the server, which go on while the pane is closed. */
export function AnalyseTab(): ReactNode {
  const { session, state } = useSession();
  const { run, current, result, isOld } = state.analysis;
  const { inputs, outputs } = choicesOf(state);
  const running = isRunning(run);
  return (
    <>
      {running && current && <h2 className="mc-heading">{current.title}</h2>}
      {running && <Running run={run} text={describeAnalysis(run)} onStop={() => void session.analyses.stop()} />}
      {running && current && <p className="mc-facts">The server goes on with it when the pane is closed.</p>}
      {!running && <Outcome />}
      {!running && result && isOld && <MessageBar intent="warning" layout="multiline"><MessageBarBody>The sheets have changed since this analysis.</MessageBarBody></MessageBar>}
      {!running && result && current && <AnalysisResults result={result} title={current.title} />}
      {!running && (inputs.length && outputs.length ? <Form /> : state.scanned && <Nothing />)}
      {!running && <Earlier />}
    </>
  );
}
