import type { ReactNode } from "react";
import type { CurveData, Preview } from "../api/messages";
import { formatNumber, formatPercent } from "../pane/numbers";
import { BottomAxis, Figure, Markers, type Marker } from "./Frame";
import { domainOf, linear, valueAt, type Scale } from "./scale";

const CUMULATIVE_HEIGHT = 190;
const PREVIEW_HEIGHT = 132;

function path(xs: readonly number[], ys: readonly number[], x: Scale, y: Scale): string {
  return xs.map((value, index) => `${index ? "L" : "M"}${x(value).toFixed(1)},${y(ys[index] ?? 0).toFixed(1)}`).join("");
}

interface CumulativeProps {
  readonly title: string;
  readonly curve: CurveData;
  readonly markers: readonly Marker[];
}

/** The share of values up to x, rising from 0 to 100 percent. */
export function CumulativeCurve({ title, curve, markers }: CumulativeProps): ReactNode {
  const bottom = CUMULATIVE_HEIGHT - 22;
  const half = `Half of the values lie below ${formatNumber(valueAt(curve, 0.5))}`;
  const tenths = `nine tenths below ${formatNumber(valueAt(curve, 0.9))}.`;
  return (
    <Figure title={title} alternative={`${half}, ${tenths}`} height={CUMULATIVE_HEIGHT}>
      {(width) => {
        const x = linear(domainOf(curve.x), [34, width - 1]);
        const y = linear([0, 1], [bottom, 28]);
        return (
          <>
            <g className="mc-grid" aria-hidden="true">
              {[0, 0.25, 0.5, 0.75, 1].map((share) => (
                <g key={share}>
                  <line x1={34} x2={width} y1={y(share)} y2={y(share)} />
                  <text x={30} y={y(share) + 4} textAnchor="end">{formatPercent(share)}</text>
                </g>
              ))}
            </g>
            <path className="mc-line" d={path(curve.x, curve.p, x, y)} />
            <BottomAxis scale={x} y={bottom} width={width} left={34} />
            <Markers markers={markers} scale={x} top={0} bottom={bottom} width={width} />
          </>
        );
      }}
    </Figure>
  );
}

function previewMarkers({ mean, percentiles }: Preview): Marker[] {
  const wanted: [string, number | null | undefined][] = [["5%", percentiles["5"]], ["mean", mean], ["95%", percentiles["95"]]];
  return wanted.flatMap(([label, value]) => (typeof value === "number" ? [{ label, value }] : []));
}

/** The density of a law, or the probabilities of a discrete one. */
export function LawCurve({ title, preview }: { title: string; preview: Preview }): ReactNode {
  const { x: xs, y: ys } = preview.curve;
  const bottom = PREVIEW_HEIGHT - 20;
  const middle = `Mean ${formatNumber(preview.mean)}, standard deviation ${formatNumber(preview.standard_deviation)}.`;
  return (
    <Figure title={title} alternative={middle} height={PREVIEW_HEIGHT}>
      {(width) => {
        const [low, high] = domainOf(xs);
        const margin = preview.is_discrete ? (high - low) * 0.06 : 0;
        const x = linear([low - margin, high + margin], [1, width - 1]);
        const y = linear([0, Math.max(...ys) || 1], [bottom, 30]);
        const line = path(xs, ys, x, y);
        return (
          <>
            {preview.is_discrete ? (
              <g className="mc-stems">
                {xs.map((value, index) => (
                  <g key={value}>
                    <line x1={x(value)} x2={x(value)} y1={bottom} y2={y(ys[index] ?? 0)} />
                    <circle cx={x(value)} cy={y(ys[index] ?? 0)} r={xs.length > 60 ? 1 : 3} />
                  </g>
                ))}
              </g>
            ) : (
              <>
                <path className="mc-area" d={`${line}L${x(xs.at(-1) ?? 0)},${bottom}L${x(xs[0] ?? 0)},${bottom}Z`} />
                <path className="mc-line" d={line} />
              </>
            )}
            <BottomAxis scale={x} y={bottom} width={width} />
            <Markers markers={previewMarkers(preview)} scale={x} top={0} bottom={bottom} width={width} />
          </>
        );
      }}
    </Figure>
  );
}
