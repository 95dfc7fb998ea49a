import { Button, Field, Input, ProgressBar, Select } from "@fluentui/react-components";
import { useState, type ReactNode } from "react";
import type { Problem, Progress, SamplingMethod } from "../api/messages";
import { useSession } from "./hooks";
import { PlayIcon, StopIcon } from "./icons";
import { NoticeBar } from "./NoticeBar";
import { formatCount, formatPercent, formatSeconds } from "./numbers";
import { settingsProblems } from "./runs";
import { isRunning, type RunPhase, type RunState } from "./state";

const USUAL = [100, 1_000, 10_000, 100_000];
const PRECISIONS = [0.03, 0.01, 0.003, 0.001] as const;
const METHODS: readonly (readonly [SamplingMethod, string, string])[] = [
  ["latin_hypercube", "Latin hypercube", "Spreads the draws evenly over each distribution: steady means with few iterations."],
  ["monte_carlo", "Monte Carlo", "Independent draws, as chance gives them."],
  ["sobol", "Sobol sequence", "Fills all inputs together evenly: the most precise for smooth models."],
];
const STAGES: Record<Progress["stage"], string> = {
  queued: "Waiting for a free worker",
  opening: "Opening the workbook",
  compiling: "Compiling the formulas",
  simulating: "Simulating",
  analysing: "Computing the statistics",
  writing: "Writing the results",
  done: "Done",
};

function Iterations(): ReactNode {
  const { session, state } = useSession();
  const { iterations, precision } = state.settings;
  const [isCustom, setCustom] = useState(!USUAL.includes(iterations));
  const problem = settingsProblems(state.settings).iterations;
  return (
    <>
      <Field label="Iterations">
        <Select value={precision ? "until" : isCustom ? "custom" : String(iterations)} onChange={(_, { value }) => {
          setCustom(value === "custom");
          session.runs.change({ precision: value === "until" ? PRECISIONS[1] : null, ...(Number(value) ? { iterations: Number(value) } : {}) });
        }}>
          {USUAL.map((count) => <option key={count} value={count}>{formatCount(count)}</option>)}
          <option value="custom">Other…</option>
          <option value="until">Until the means are known</option>
        </Select>
      </Field>
      {precision && (
        <Field label="Precision" hint="The run ends by itself when every output’s mean is known that well, with 95% confidence.">
          <Select value={String(precision)} onChange={(_, { value }) => session.runs.change({ precision: Number(value) })}>
            {PRECISIONS.map((share) => <option key={share} value={share}>± {formatPercent(share)} of the mean</option>)}
          </Select>
        </Field>
      )}
      {isCustom && !precision && (
        <Field label="Number of iterations" validationMessage={problem} validationState={problem ? "error" : "none"}>
          <Input type="number" min={1} max={10_000_000} step={1} defaultValue={String(iterations)}
            onChange={(_, { value }) => session.runs.change({ iterations: value.trim() === "" ? Number.NaN : Number(value) })} />
        </Field>
      )}
    </>
  );
}

function Settings(): ReactNode {
  const { session, state } = useSession();
  const { sampling } = state.settings;
  const problem = settingsProblems(state.settings).seed;
  return (
    <fieldset className="mc-settings" disabled={isRunning(state.run)}>
      <legend className="mc-hidden">Settings of the run</legend>
      <Iterations />
      <Field label="Sampling" hint={METHODS.find(([key]) => key === sampling)?.[2]}>
        <Select value={sampling} onChange={(_, { value }) => session.runs.change({ sampling: value as SamplingMethod })}>
          {METHODS.map(([key, title]) => <option key={key} value={key}>{title}</option>)}
        </Select>
      </Field>
      <Field label="Seed" hint="The same seed gives the same results, bit for bit." validationMessage={problem} validationState={problem ? "error" : "none"}>
        <Input type="number" min={0} step={1} defaultValue={String(state.settings.seed)}
          onChange={(_, { value }) => session.runs.change({ seed: value.trim() === "" ? Number.NaN : Number(value) })} />
      </Field>
    </fieldset>
  );
}

/** What a run is doing, in words. */
export function describeRun({ phase, progress }: Pick<RunState, "phase" | "progress">): string {
  const words: Partial<Record<RunPhase, string>> = {
    uploading: "Sending the workbook…",
    stopping: "Stopping…",
    cancelled: "The run was stopped.",
    succeeded: "Done.",
    failed: "The run failed.",
  };
  const fixed = words[phase];
  if (fixed) return fixed;
  if (!progress) return `${STAGES.queued}…`;
  if (progress.stage !== "simulating") return `${STAGES[progress.stage]}…`;
  const { still_needed: needed } = progress;
  if (typeof needed === "number") return `${formatCount(progress.done)} iterations, about ${formatCount(needed)} still needed`;
  return `${formatCount(progress.done)} of ${formatCount(progress.total)} iterations`;
}

/** What screen readers hear: the stages, not every percent. */
export function announceRun(run: Pick<RunState, "phase" | "progress">): string {
  if (run.phase === "idle") return "";
  return run.phase === "running" && run.progress ? STAGES[run.progress.stage] : describeRun(run);
}

function remaining(progress: Progress | null): string | null {
  if (progress?.stage !== "simulating" || !progress.done || progress.seconds < 2) return null;
  const left = (progress.seconds / progress.done) * (progress.total - progress.done);
  return left >= 1 ? `${formatSeconds(left)} left` : null;
}

interface RunningProps {
  readonly run: RunState;
  readonly text: string;
  readonly onStop: () => void;
}

/** How far a job is, and the button that stops it. */
export function Running({ run: { progress, phase }, text, onStop }: RunningProps): ReactNode {
  const needed = progress?.still_needed;
  const total = typeof needed === "number" ? (progress?.done ?? 0) + needed : progress?.total;
  const share = progress?.stage === "simulating" && total ? progress.done / total : undefined;
  return (
    <section className="mc-card" aria-label="Progress">
      <ProgressBar {...(share === undefined ? {} : { value: share })} thickness="large" aria-label="Progress of the simulation" aria-valuetext={text} />
      <div className="mc-progress">
        <span>{text}</span>
        <span>{[share === undefined ? null : formatPercent(share), remaining(progress)].filter(Boolean).join(" · ")}</span>
      </div>
      <Button icon={<StopIcon />} disabled={phase === "stopping"} onClick={onStop}>
        {phase === "stopping" ? "Stopping…" : "Cancel"}
      </Button>
    </section>
  );
}

// The titles of problem documents are HTTP's phrases.
export function failureTitle({ status, title }: Problem): string {
  if (status === 422) return "This model cannot be run yet.";
  return status >= 500 ? "The server could not run this." : title;
}

function Outcome(): ReactNode {
  const { session, state } = useSession();
  const { phase, problem } = state.run;
  if (phase === "failed" && problem) {
    const notice = { intent: "error" as const, text: problem.detail, ...(problem.cells ? { cells: problem.cells } : {}) };
    return <NoticeBar title={failureTitle(problem)} notice={notice} />;
  }
  if (phase === "cancelled") return <NoticeBar notice={{ intent: "info", text: "The run was stopped. Nothing was changed in the workbook." }} />;
  if (phase === "succeeded") {
    return (
      <div className="mc-actions">
        <Button onClick={() => session.showTab("results")}>Show the results</Button>
      </div>
    );
  }
  return null;
}

/** How to run, and how far it is. */
export function RunTab(): ReactNode {
  const { session, state } = useSession();
  const running = isRunning(state.run);
  const isValid = Object.keys(settingsProblems(state.settings)).length === 0;
  const { inputs, outputs } = state;
  const found = `${inputs.length} ${inputs.length === 1 ? "input" : "inputs"}, ${outputs.length} ${outputs.length === 1 ? "output" : "outputs"}`;
  return (
    <>
      {running ? <Running run={state.run} text={describeRun(state.run)} onStop={() => void session.runs.stop()} /> : (
        <section className="mc-card" aria-label="Simulate">
          <Button appearance="primary" size="large" icon={<PlayIcon />} disabled={!isValid} onClick={() => void session.runs.simulate()}>Simulate</Button>
          <p className="mc-facts">{found} defined with Montecell’s functions</p>
        </section>
      )}
      {!running && <Outcome />}
      <Settings />
    </>
  );
}
