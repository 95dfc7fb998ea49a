import { Button, Field, Select } from "@fluentui/react-components";
import { useState, type ReactNode } from "react";
import type { AnalysisResult, GoalSeekResult, SensitivityResult, StressResult } from "../api/messages";
import { SearchPath } from "../charts/Search";
import { Shares, type ShareBar } from "../charts/Shares";
import { formatBar, Tornado } from "../charts/Tornado";
import { statisticLabel } from "./analysisForm";
import { useSession } from "./hooks";
import { SheetIcon } from "./icons";
import { NoticeBar } from "./NoticeBar";
import { formatCount, formatNumber, formatPercent } from "./numbers";

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const itself = (text: string): string => text;
const shareText = (value: number | null): string => (value === null ? "–" : formatPercent(value));

function GoalSeek({ result }: { result: GoalSeekResult }): ReactNode {
  const { session, state } = useSession();
  const { cell, output, statistic, target, outcome, text, value, reached, tolerance } = result;
  const points = result.tried.flatMap(({ value: at, statistic: found }) => (found === null ? [] : [{ value: at, statistic: found }])).toSorted((a, b) => a.value - b.value);
  const label = statisticLabel(statistic);
  const isReached = outcome === "reached";
  const nearest = value === null || reached === null ? "" : `${cell} = ${formatNumber(value)} gives ${output} a ${label} of ${formatNumber(reached)}`;
  const table = (
    <table>
      <thead><tr><th scope="col">{cell}</th><th scope="col">{capital(label)}</th></tr></thead>
      <tbody>{points.map((point) => <tr key={point.value}><td>{formatNumber(point.value)}</td><td>{formatNumber(point.statistic)}</td></tr>)}</tbody>
    </table>
  );
  return (
    <>
      <NoticeBar title={isReached ? "Found" : "Not found"} notice={{ intent: isReached ? "success" : "warning", text: isReached ? `${nearest} (target ${formatNumber(target)} ± ${formatNumber(tolerance, 3)}).` : `${capital(text)}.${nearest ? ` Nearest: ${nearest}.` : ""}` }} />
      {points.length > 1 && <SearchPath title={`${capital(label)} of ${output} by ${cell}`} points={points} target={target} best={value} table={table} />}
      {value !== null && outcome !== "out_of_reach" && <div className="mc-actions"><Button appearance="primary" disabled={state.busy !== null} onClick={() => void session.analyses.useValue(result)}>Write {formatNumber(value)} into {cell}</Button></div>}
      <p className="mc-facts">The value holds for these draws: another seed gives one that differs by chance.</p>
    </>
  );
}

function Chooser({ label, options, value, onChange }: { label: string; options: readonly string[]; value: string; onChange: (value: string) => void }): ReactNode {
  if (options.length < 2) return null;
  return <Field label={label}><Select value={value} onChange={(_, data) => onChange(data.value)}>{options.map((option) => <option key={option}>{option}</option>)}</Select></Field>;
}

function Stress({ result: { effects } }: { result: StressResult }): ReactNode {
  const outputs = [...new Set(effects.map(({ output }) => output))];
  const statistics = [...new Set(effects.map(({ statistic }) => capital(statisticLabel(statistic))))];
  const [output, setOutput] = useState(outputs[0] ?? "");
  const [statistic, setStatistic] = useState(statistics[0] ?? "");
  const shown = effects.filter((effect) => effect.output === output && capital(statisticLabel(effect.statistic)) === statistic);
  const baseline = shown[0]?.baseline ?? null;
  const bars = shown.flatMap(({ run, stressed }) => (stressed === null || baseline === null ? [] : [{ input: run, value: stressed }]))
    .toSorted((a, b) => Math.abs(b.value - (baseline ?? 0)) - Math.abs(a.value - (baseline ?? 0)));
  return (
    <>
      <Chooser label="Output" options={outputs} value={output} onChange={setOutput} />
      <Chooser label="Statistic" options={statistics} value={statistic} onChange={setStatistic} />
      {baseline !== null && bars.length > 0 && <Tornado title={`${statistic} of ${output} under stress`} bars={bars} centre={baseline} nameOf={itself} format={formatBar} columns={["Under stress"]} />}
      {baseline !== null && <p className="mc-facts">Without stress <b>{formatNumber(baseline)}</b>.</p>}
      <table className="mc-statistics" aria-label={`${statistic} of ${output} under stress`}>
        <thead><tr><th scope="col">Stressed</th><th scope="col">{statistic}</th><th scope="col">Change</th></tr></thead>
        <tbody>{shown.map(({ run, stressed, change }) => <tr key={run}><th scope="row">{run}</th><td>{formatNumber(stressed)}</td><td>{change !== null && change > 0 ? "+" : ""}{formatNumber(change)}</td></tr>)}</tbody>
      </table>
    </>
  );
}

function ShareNumbers({ shares, method }: Pick<SensitivityResult, "shares" | "method">): ReactNode {
  const between = (interval: readonly [number, number] | null): string => (interval ? `${formatPercent(interval[0])} to ${formatPercent(interval[1])}` : "–");
  const columns = method === "sobol" ? ["Alone", "between", "Total", "between"] : ["Share", "standard error"];
  return (
    <div className="mc-scroll" tabIndex={0} role="group" aria-label="Shares as numbers">
      <table>
        <thead><tr><th scope="col">Input</th>{columns.map((column, index) => <th key={index} scope="col">{column}</th>)}</tr></thead>
        <tbody>
          {shares.map((share) => (
            <tr key={share.input}>
              <th scope="row">{share.input}</th>
              {method === "sobol"
                ? <><td>{shareText(share.first)}</td><td>{between(share.first_interval)}</td><td>{shareText(share.total)}</td><td>{between(share.total_interval)}</td></>
                : <><td>{shareText(share.effect)}</td><td>{shareText(share.standard_error)}</td></>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The bars of one output, the largest share first; shares of an output without variance are none. */
export function shareBars({ shares, method }: Pick<SensitivityResult, "shares" | "method">, output: string): ShareBar[] {
  const bars = shares.filter((share) => share.output === output).map(({ input, first, total, total_interval: interval, effect, standard_error: error }): ShareBar => {
    if (method === "sobol") return { input, first, total, interval };
    return { input, first: null, total: effect, interval: effect === null || error === null ? null : [effect - 2 * error, effect + 2 * error] };
  });
  return bars.filter(({ total }) => total !== null).toSorted((a, b) => (b.total ?? 0) - (a.total ?? 0));
}

function Sensitivity({ result }: { result: SensitivityResult }): ReactNode {
  const { method, evaluations, seed } = result;
  const outputs = [...new Set(result.shares.map(({ output }) => output))];
  const [output, setOutput] = useState(outputs[0] ?? "");
  const bars = shareBars(result, output);
  const alone = bars.reduce((sum, { first }) => sum + (first ?? 0), 0);
  const shares = result.shares.filter((share) => share.output === output);
  const isSobol = method === "sobol";
  return (
    <>
      <Chooser label="Output" options={outputs} value={output} onChange={setOutput} />
      {bars.length === 0 ? <p className="mc-empty">{output} has no variance: nothing moves it.</p> : (
        <>
          <Shares title={`Shares of the variance of ${output}`} bars={bars} table={<ShareNumbers shares={shares} method={method} />} />
          {isSobol && <p className="mc-legend" aria-hidden="true"><span><i className="mc-key-strong" /> alone</span><span><i className="mc-key-bar" /> with interactions</span></p>}
          <p className="mc-facts">{isSobol ? `Inputs explain ${formatPercent(Math.min(1, alone))} of the variance each by itself, interactions the rest. Whiskers: 95% intervals of the totals.` : "The shares add up to 100%. Whiskers: two standard errors to each side."}</p>
        </>
      )}
      <p className="mc-facts">{formatCount(evaluations)} designed iterations, seed {seed}.</p>
    </>
  );
}

/** What an analysis found, and its way into the workbook. */
export function AnalysisResults({ result, title }: { result: AnalysisResult; title: string }): ReactNode {
  const { session, state } = useSession();
  return (
    <section className="mc-editor" aria-labelledby="mc-analysis">
      <h2 id="mc-analysis" className="mc-heading">{title}</h2>
      {result.kind === "goal_seek" && <GoalSeek result={result} />}
      {result.kind === "stress" && <Stress key={title} result={result} />}
      {result.kind === "sensitivity" && <Sensitivity key={title} result={result} />}
      {result.notes.length > 0 && <ul className="mc-plain mc-facts">{result.notes.map((note) => <li key={note}>{note}</li>)}</ul>}
      <div className="mc-actions"><Button size="small" icon={<SheetIcon />} disabled={state.busy !== null} onClick={() => void session.analyses.writeSheet()}>Write to a sheet</Button></div>
    </section>
  );
}
