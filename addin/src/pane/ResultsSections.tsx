import { Field, MessageBar, MessageBarBody, Select, Spinner } from "@fluentui/react-components";
import { useState, type ReactNode } from "react";
import type { Convention, IntervalsDetail, ScenarioDetail, StatisticsDetail } from "../api/details";
import type { ConvergenceStatus, ResultSummary, VariableSummary } from "../api/messages";
import { Fan } from "../charts/Spread";
import { Tornado } from "../charts/Tornado";
import { outputRanges } from "./fans";
import { formatCount, formatNumber, formatPercent } from "./numbers";
import { labelOf } from "./resultsSheet";
import { measureOf, MEASURES, tornadoView, type MeasureName } from "./sensitivity";
import { useDetails } from "./useDetails";

type NameOf = (key: string) => string;

function Problem({ text }: { text: string }): ReactNode {
  return <MessageBar intent="error" layout="multiline"><MessageBarBody>{text}</MessageBarBody></MessageBar>;
}

/** Which inputs matter for an output, by a measure of choice. */
export function Sensitivity({ shown, nameOf }: { shown: VariableSummary; nameOf: NameOf }): ReactNode {
  const [name, setName] = useState<MeasureName>("rank");
  const { details, problem } = useDetails(["tornado", "regression", "contribution"]);
  const measure = measureOf(name);
  const view = tornadoView(details, shown.key, name);
  const idle = details?.without_effect ?? [];
  return (
    <section aria-labelledby="mc-tornado">
      <h2 id="mc-tornado" className="mc-heading">What moves {labelOf(shown)}</h2>
      <Field label="Measure" hint={measure.explanation}>
        <Select value={name} onChange={(_, { value }) => setName(value as MeasureName)}>
          {MEASURES.map((each) => <option key={each.name} value={each.name}>{each.label}</option>)}
        </Select>
      </Field>
      {problem && <Problem text={problem} />}
      {!view && !problem && <Spinner size="tiny" label="Working out…" />}
      {view && view.bars.length === 0 && <p className="mc-empty">No input moves this output by that measure.</p>}
      {view && view.bars.length > 0 && (
        <Tornado title={`${measure.label} of the inputs with ${labelOf(shown)}`} bars={view.bars} centre={view.centre} nameOf={nameOf} format={measure.format} columns={measure.columns} />
      )}
      {view?.note && <p className="mc-facts">{view.note}</p>}
      {idle.length > 0 && <p className="mc-facts">Without effect on any output: {idle.map(nameOf).join(", ")}.</p>}
    </section>
  );
}

type Row = readonly [string, number | null];

function rowsOf(v: StatisticsDetail): Row[] {
  return [
    ["Mean", v.mean], ["Standard error of the mean", v.standard_error], ["Standard deviation", v.standard_deviation], ["Variance", v.variance],
    ["Coefficient of variation", v.coefficient_of_variation], ["Semi-deviation", v.semi_deviation], ["Absolute deviation, mean", v.mean_absolute_deviation],
    ["Minimum", v.minimum], ["Median", v.median], ["Maximum", v.maximum], ["Range", v.range], ["Mode", v.mode], ["Skewness", v.skewness], ["Kurtosis", v.kurtosis],
    ["Value at risk (5%)", v.value_at_risk], ["Conditional value at risk (5%)", v.conditional_value_at_risk],
  ];
}

function summaryRows(v: VariableSummary): Row[] {
  return [
    ["Mean", v.mean], ["Standard deviation", v.standard_deviation], ["Minimum", v.minimum], ["Median", v.median], ["Maximum", v.maximum],
    ["Mode", v.mode], ["Skewness", v.skewness], ["Kurtosis", v.kurtosis],
  ];
}

/** All statistics of a variable, by @RISK's or by Excel's conventions. */
export function Statistics({ variable }: { variable: VariableSummary }): ReactNode {
  const [convention, setConvention] = useState<Convention>("atrisk");
  const { details, problem } = useDetails(["statistics"], convention);
  const found = details?.statistics?.find((each) => each.key === variable.key);
  const rows = found ? rowsOf(found) : summaryRows(variable);
  return (
    <section aria-labelledby="mc-statistics" aria-busy={details?.convention !== convention}>
      <h2 id="mc-statistics" className="mc-heading">Statistics</h2>
      <Field label="Conventions" hint="Excel’s differ in percentiles, mode and kurtosis (0 for a normal law).">
        <Select value={convention} onChange={(_, { value }) => setConvention(value as Convention)}>
          <option value="atrisk">as @RISK shows them</option>
          <option value="excel">as Excel’s functions</option>
        </Select>
      </Field>
      {problem && <Problem text={problem} />}
      <table className="mc-statistics">
        <tbody>
          {rows.map(([label, value]) => <tr key={label}><th scope="row">{label}</th><td>{formatNumber(value)}</td></tr>)}
          <tr><th scope="row">Values</th><td>{formatCount(variable.count)}</td></tr>
        </tbody>
      </table>
    </section>
  );
}

function limitsOf({ low, high, percentiles }: ScenarioDetail): string {
  const shown = (value: number): string => (percentiles ? `the ${formatNumber(value * 100)}th percentile` : formatNumber(value));
  if (low !== null && low > 0) return `at or above ${shown(low)}`;
  return high === null ? "everywhere" : `at or below ${shown(high)}`;
}

function ScenarioTable({ scenario, nameOf }: { scenario: ScenarioDetail; nameOf: NameOf }): ReactNode {
  const lines = scenario.inputs.filter((line) => line.significant);
  return (
    <div className="mc-scenario">
      <h3>{limitsOf(scenario)} <span className="mc-count">{formatCount(scenario.count)} iterations</span></h3>
      {lines.length === 0 ? <p className="mc-empty">No input sets these iterations apart.</p> : (
        <table className="mc-statistics">
          <thead><tr><th scope="col">Input</th><th scope="col">Median there</th><th scope="col">overall</th><th scope="col">in sd</th></tr></thead>
          <tbody>
            {lines.map((line) => (
              <tr key={line.input}>
                <th scope="row">{nameOf(line.input)}</th>
                <td>{formatNumber(line.median, 4)}</td><td>{formatNumber(line.overall_median, 4)}</td><td>{formatNumber(line.significance, 3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

/** What sets apart the iterations in which the output lies at an end. */
export function Scenarios({ shown, nameOf }: { shown: VariableSummary; nameOf: NameOf }): ReactNode {
  const { details, problem } = useDetails(["scenarios"]);
  const found = details?.scenarios?.filter((scenario) => scenario.output === shown.key) ?? [];
  return (
    <section aria-labelledby="mc-scenarios">
      <h2 id="mc-scenarios" className="mc-heading">When {labelOf(shown)} lies …</h2>
      {problem && <Problem text={problem} />}
      {!details && !problem && <Spinner size="tiny" label="Working out…" />}
      {found.map((scenario, index) => <ScenarioTable key={index} scenario={scenario} nameOf={nameOf} />)}
    </section>
  );
}

function fan(results: ResultSummary): string[] {
  return outputRanges(results.outputs.map(({ cell }) => cell));
}

/** Outputs that lie side by side, as bands. */
export function Fans({ results }: { results: ResultSummary }): ReactNode {
  const ranges = fan(results);
  const { details, problem } = useDetails(ranges.length ? ["fan"] : [], "atrisk", ranges);
  if (!ranges.length) return null;
  const names = new Map(results.outputs.map((output) => [output.key, labelOf(output)]));
  return (
    <section aria-labelledby="mc-fans">
      <h2 id="mc-fans" className="mc-heading">Side by side</h2>
      {problem && <Problem text={problem} />}
      {!details && !problem && <Spinner size="tiny" label="Working out…" />}
      {details?.fan?.map((each) => (
        <div key={each.name}>
          <Fan title={`Fan of ${each.name}`} fan={each} nameOf={(key) => names.get(key) ?? key} />
          <p className="mc-facts">{each.name}: mean, and from the {Math.round(Math.min(...each.percents))}th to the {Math.round(Math.max(...each.percents))}th percentile.</p>
        </div>
      ))}
    </section>
  );
}

const PRECISIONS = [0.03, 0.01, 0.003];

/** Iterations after which ± `share` of the mean is reached if draws are independent; null where nothing can be said. */
export function iterationsFor(share: number, mean: number, halfWidth: number, iterations: number): number | null {
  const allowed = share * Math.abs(mean);
  return allowed > 0 && halfWidth > 0 ? Math.max(1, Math.ceil(iterations * (halfWidth / allowed) ** 2)) : null;
}

function statusText(status: ConvergenceStatus): string {
  const held = status.converged ? "reached" : `not reached${status.iterations_needed ? `, about ${formatCount(status.iterations_needed)} iterations needed` : ""}`;
  return `${status.statistic.replaceAll("_", " ")} ± ${formatNumber(status.half_width, 3)} (asked for ± ${formatNumber(status.allowed, 3)}): ${held}`;
}

function Needed({ intervals, count }: { intervals: IntervalsDetail; count: number }): ReactNode {
  const { mean, confidence } = intervals;
  if (!mean || mean.low === null || mean.high === null) return <p className="mc-empty">The values do not tell how precise the mean is.</p>;
  const [middle, half] = [(mean.low + mean.high) / 2, (mean.high - mean.low) / 2];
  return (
    <>
      <p className="mc-facts">The mean lies between <b>{formatNumber(mean.low)}</b> and <b>{formatNumber(mean.high)}</b> with {formatPercent(confidence)} confidence.</p>
      <table className="mc-statistics">
        <thead><tr><th scope="col">Wanted</th><th scope="col">Iterations</th></tr></thead>
        <tbody>
          {PRECISIONS.map((share) => {
            const needed = iterationsFor(share, middle, half, count);
            return <tr key={share}><th scope="row">± {formatPercent(share)} of the mean</th><td>{needed === null ? "–" : needed <= count ? "reached" : `about ${formatCount(needed)}`}</td></tr>;
          })}
        </tbody>
      </table>
    </>
  );
}

/** How precisely the mean is known, and how many iterations would tell it better. */
export function Convergence({ shown, results }: { shown: VariableSummary; results: ResultSummary }): ReactNode {
  const { details, problem } = useDetails(["intervals"]);
  const found = details?.intervals?.find((each) => each.key === shown.key);
  const statuses = (results.convergence ?? []).filter((status) => status.output === shown.key);
  return (
    <section aria-labelledby="mc-convergence">
      <h2 id="mc-convergence" className="mc-heading">Convergence of the mean</h2>
      {problem && <Problem text={problem} />}
      {!details && !problem && <Spinner size="tiny" label="Working out…" />}
      {found && <Needed intervals={found} count={shown.count} />}
      {statuses.length > 0 && <ul className="mc-plain">{statuses.map((status, index) => <li key={index}>{statusText(status)}</li>)}</ul>}
      <p className="mc-facts">As if draws were independent: Latin hypercube and Sobol runs are at least about as precise.</p>
    </section>
  );
}
