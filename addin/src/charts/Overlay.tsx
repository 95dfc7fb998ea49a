import { useId, type ReactNode } from "react";
import type { CurveData, HistogramData, Preview } from "../api/messages";
import { formatCount, formatNumber, formatPercent } from "../pane/numbers";
import { BottomAxis, Figure } from "./Frame";
import { linear, type Scale } from "./scale";

const HEIGHT = 200;
const BOTTOM = HEIGHT - 22;
// A law with a pole would press the bars flat: the picture ends at so many times the highest bar.
const TALLEST = 2.2;

function path(xs: readonly number[], ys: readonly number[], x: Scale, y: Scale): string {
  return xs.map((value, index) => `${index ? "L" : "M"}${x(value).toFixed(1)},${y(ys[index] ?? 0).toFixed(1)}`).join("");
}

/** The data's ends, and a little of the law beyond them where it has more to say. */
export function overlayDomain(low: number, high: number, percentiles: Preview["percentiles"]): [number, number] {
  const room = (high - low) * 0.35 || Math.abs(low) / 10 || 1;
  const [from, to] = [percentiles["1"] ?? low, percentiles["99"] ?? high];
  return [Math.max(Math.min(low, from), low - room), Math.min(Math.max(high, to), high + room)];
}

/** The part of a curve within a domain, ended by straight lines at its edges; of points, those inside. */
export function cropped(xs: readonly number[], ys: readonly number[], [low, high]: readonly [number, number], arePoints = false): { x: number[]; y: number[] } {
  const found: { x: number[]; y: number[] } = { x: [], y: [] };
  const put = (x: number, y: number): void => { found.x.push(x); found.y.push(y); };
  xs.forEach((x, index) => {
    const y = ys[index] ?? 0;
    const [before, height] = [xs[index - 1] ?? x, ys[index - 1] ?? y];
    for (const edge of arePoints ? [] : [low, high]) if (before < edge && edge < x) put(edge, height + ((edge - before) / (x - before)) * (y - height));
    if (x >= low && x <= high) put(x, y);
  });
  return found;
}

function Legend({ data, law, kind }: { data: string; law: string; kind: "bar" | "dots" | "step" }): ReactNode {
  return (
    <p className="mc-legend" aria-hidden="true">
      <span><i className={`mc-key-${kind}`} /> {data}</span> <span><i className="mc-key-line" /> {law}</span>
    </p>
  );
}

interface DensityProps {
  readonly law: string;
  readonly data: HistogramData;
  readonly preview: Preview;
}

/** The share of values in each bin, and what the law gives the bin. */
function Bins({ data: { edges, counts }, preview }: DensityProps): ReactNode {
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  const below = (x: number): number => {
    const { x: xs, p } = preview.cumulative;
    const index = xs.findIndex((value) => value > x);
    if (index === 0) return 0;
    if (index < 0) return 1;
    const [x0 = 0, x1 = 1, p0 = 0, p1 = 1] = [xs[index - 1], xs[index], p[index - 1], p[index]];
    return preview.is_discrete ? p0 : p0 + ((x - x0) / (x1 - x0)) * (p1 - p0);
  };
  return (
    <table>
      <thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">Data</th><th scope="col">Law</th></tr></thead>
      <tbody>
        {counts.map((count, index) => (
          <tr key={edges[index]}>
            <td>{formatNumber(edges[index], 4)}</td><td>{formatNumber(edges[index + 1], 4)}</td>
            <td>{formatPercent(count / total)}</td><td>{formatPercent(Math.max(0, below(edges[index + 1] ?? 0) - below(edges[index] ?? 0)))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The histogram of data under the density of a law, both with an area of one; stems for a law of whole numbers. */
export function FittedDensity({ law, data, preview }: DensityProps): ReactNode {
  const clip = useId();
  const { edges, counts } = data;
  const total = counts.reduce((sum, count) => sum + count, 0) || 1;
  const heights = counts.map((count, index) => count / total / ((edges[index + 1] ?? 0) - (edges[index] ?? 0) || 1));
  const tallest = Math.max(...heights);
  const domain = overlayDomain(edges[0] ?? 0, edges.at(-1) ?? 1, preview.percentiles);
  const { x: xs, y: ys } = cropped(preview.curve.x, preview.curve.y, domain, preview.is_discrete);
  const top = Math.min(Math.max(tallest, ...ys), tallest * TALLEST);
  const alternative = `${formatCount(total)} values from ${formatNumber(edges[0])} to ${formatNumber(edges.at(-1))}; the law has mean ${formatNumber(preview.mean)} and standard deviation ${formatNumber(preview.standard_deviation)}.`;
  return (
    <>
      <Figure title={`Data and the density of ${law}`} alternative={alternative} height={HEIGHT} table={<Bins law={law} data={data} preview={preview} />}>
        {(width) => {
          const x = linear(domain, [1, width - 1]);
          const y = linear([0, top || 1], [BOTTOM, 10]);
          return (
            <>
              <clipPath id={clip}><rect x={0} y={6} width={width} height={BOTTOM - 6} /></clipPath>
              {heights.map((height, index) => {
                const [left, right] = [x(edges[index] ?? 0), x(edges[index + 1] ?? 0)];
                return <rect key={edges[index]} className="mc-bar mc-pale" x={left} y={y(height)} width={Math.max(1, right - left - (right - left > 4 ? 1 : 0))} height={BOTTOM - y(height)} />;
              })}
              <g clipPath={`url(#${clip})`}>
                {preview.is_discrete ? (
                  <g className="mc-stems">
                    {xs.map((value, index) => (
                      <g key={value}>
                        <line x1={x(value)} x2={x(value)} y1={BOTTOM} y2={y(ys[index] ?? 0)} />
                        <circle cx={x(value)} cy={y(ys[index] ?? 0)} r={3} />
                      </g>
                    ))}
                  </g>
                ) : <path className="mc-line" d={path(xs, ys, x, y)} />}
              </g>
              <BottomAxis scale={x} y={BOTTOM} width={width} />
            </>
          );
        }}
      </Figure>
      <Legend data="Data" law={law} kind="bar" />
    </>
  );
}

interface CumulativeProps {
  readonly law: string;
  /** The steps of data, or the percentiles that were given. */
  readonly points: CurveData;
  readonly pointsAre: "data" | "percentiles";
  readonly preview: Preview;
}

function Points({ points, pointsAre }: Pick<CumulativeProps, "points" | "pointsAre">): ReactNode {
  return (
    <table>
      <thead><tr><th scope="col">{pointsAre === "data" ? "Data up to" : "Value"}</th><th scope="col">Share</th></tr></thead>
      <tbody>{points.x.map((value, index) => <tr key={value}><td>{formatNumber(value)}</td><td>{formatPercent(points.p[index] ?? 0)}</td></tr>)}</tbody>
    </table>
  );
}

/** The shares up to x: of a law as a line, of data as steps, of percentiles as points. */
export function FittedCumulative({ law, points, pointsAre, preview }: CumulativeProps): ReactNode {
  const low = points.x[0] ?? 0;
  const high = points.x.at(-1) ?? 1;
  const domain = overlayDomain(low, high, preview.percentiles);
  const { x: xs, y: p } = cropped(preview.cumulative.x, preview.cumulative.p, domain, preview.is_discrete);
  const named = pointsAre === "data" ? "Data" : "Given";
  return (
    <>
      <Figure title={`${named} and the cumulative curve of ${law}`} alternative={`From ${formatNumber(low)} to ${formatNumber(high)}; half of the law lies below ${formatNumber(preview.percentiles["50"])}.`}
        height={HEIGHT} table={points.x.length <= 200 ? <Points points={points} pointsAre={pointsAre} /> : undefined}>
        {(width) => {
          const x = linear(domain, [38, width - 1]);
          const y = linear([0, 1], [BOTTOM, 10]);
          const steps = points.x.map((value, index) => `${index ? "" : `M${x(value).toFixed(1)},${BOTTOM}`}V${y(points.p[index] ?? 0).toFixed(1)}H${x(points.x[index + 1] ?? value).toFixed(1)}`).join("");
          const line = preview.is_discrete ? xs.map((value, index) => `${index ? `H${x(value).toFixed(1)}V` : `M${x(value).toFixed(1)},`}${y(p[index] ?? 0).toFixed(1)}`).join("") : path(xs, p, x, y);
          return (
            <>
              <g className="mc-grid" aria-hidden="true">
                {[0, 0.25, 0.5, 0.75, 1].map((share) => (
                  <g key={share}>
                    <line x1={38} x2={width} y1={y(share)} y2={y(share)} />
                    <text x={34} y={y(share) + 4} textAnchor="end">{formatPercent(share)}</text>
                  </g>
                ))}
              </g>
              <g>
                {pointsAre === "data" && <path className="mc-steps" d={steps} />}
                <path className="mc-line" d={line} />
                {pointsAre === "percentiles" && points.x.map((value, index) => <circle key={value} className="mc-point" cx={x(value)} cy={y(points.p[index] ?? 0)} r={4.5} />)}
              </g>
              <BottomAxis scale={x} y={BOTTOM} width={width} left={38} />
            </>
          );
        }}
      </Figure>
      <Legend data={named} law={law} kind={pointsAre === "data" ? "step" : "dots"} />
    </>
  );
}
