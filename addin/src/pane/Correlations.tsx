import type { ReactNode } from "react";
import type { CorrelationReport } from "../api/messages";

interface PairRow {
  readonly key: string;
  readonly first: string;
  readonly second: string;
  readonly requested: number | null;
  readonly realised: number | null;
  readonly error: number | null;
}

const entry = (matrix: readonly (readonly (number | null)[])[] | null, row: number, column: number): number | null => matrix?.[row]?.[column] ?? null;

/** Every pair of a group once: what was asked for, what the run shows, and the error of a run of its size. */
export function pairsOf(report: CorrelationReport, nameOf: (key: string) => string): PairRow[] {
  const { members } = report;
  return members.flatMap((second, row) => members.slice(0, row).map((first, column) => ({
    key: `${first} ${second}`, first: nameOf(first), second: nameOf(second),
    requested: entry(report.requested, row, column), realised: entry(report.score, row, column), error: entry(report.standard_errors, row, column),
  })));
}

const shown = (value: number | null): string => (value === null ? "–" : value.toFixed(3));

/** Requested against realised correlations of a run. */
export function Correlations({ reports, nameOf }: { reports: readonly CorrelationReport[]; nameOf: (key: string) => string }): ReactNode {
  if (!reports.length) return null;
  return (
    <section aria-labelledby="mc-correlations">
      <h2 id="mc-correlations" className="mc-heading">Correlations</h2>
      {reports.map((report) => (
        <table className="mc-statistics" key={report.group} aria-label={`Correlations of ${report.group}`}>
          <thead><tr><th scope="col">{report.group}</th><th scope="col">Requested</th><th scope="col">Realised</th><th scope="col">±</th></tr></thead>
          <tbody>
            {pairsOf(report, nameOf).map((pair) => (
              <tr key={pair.key}>
                <th scope="row">{pair.first} · {pair.second}</th>
                <td>{shown(pair.requested)}</td><td>{shown(pair.realised)}</td><td>{shown(pair.error)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
      <p className="mc-facts">Correlations of the normal scores; ± is their standard error in a run of this size.</p>
    </section>
  );
}
