import type { ReactNode } from "react";
import { formatNumber, formatTick } from "../pane/numbers";
import { BottomAxis, Figure } from "./Frame";
import { domainOf, linear, ticks } from "./scale";

const HEIGHT = 190;
const BOTTOM = HEIGHT - 22;
const LEFT = 48;

interface SearchProps {
  readonly title: string;
  /** By value, each with the statistic there. */
  readonly points: readonly { readonly value: number; readonly statistic: number }[];
  readonly target: number;
  readonly best: number | null;
  readonly table: ReactNode;
}

/** A statistic against the value of the cell that a search changed, and the target as a line. */
export function SearchPath({ title, points, target, best, table }: SearchProps): ReactNode {
  const [low, high] = domainOf([...points.map(({ statistic }) => statistic), target]);
  const margin = (high - low) * 0.05;
  const first = points[0];
  const last = points.at(-1);
  const ends = first && last ? `From ${formatNumber(first.statistic)} at ${formatNumber(first.value)} to ${formatNumber(last.statistic)} at ${formatNumber(last.value)}; ` : "";
  return (
    <Figure title={title} alternative={`${ends}the target is ${formatNumber(target)}.`} height={HEIGHT} table={table}>
      {(width) => {
        const x = linear(domainOf(points.map(({ value }) => value)), [LEFT + 6, width - 8]);
        const y = linear([low - margin, high + margin], [BOTTOM, 8]);
        const { values, step } = ticks([low - margin, high + margin], 4);
        return (
          <>
            <g className="mc-grid" aria-hidden="true">
              {values.map((value) => (
                <g key={value}>
                  <line x1={LEFT} x2={width} y1={y(value)} y2={y(value)} />
                  <text x={LEFT - 4} y={y(value) + 4} textAnchor="end">{formatTick(value, step)}</text>
                </g>
              ))}
            </g>
            <line className="mc-target" x1={LEFT} x2={width} y1={y(target)} y2={y(target)} />
            <path className="mc-line" d={points.map(({ value, statistic }, index) => `${index ? "L" : "M"}${x(value).toFixed(1)},${y(statistic).toFixed(1)}`).join("")} />
            <g className="mc-stems">{points.map(({ value, statistic }) => <circle key={value} className={value === best ? "mc-point" : undefined} cx={x(value)} cy={y(statistic)} r={value === best ? 5 : 3} />)}</g>
            <BottomAxis scale={x} y={BOTTOM} width={width} left={LEFT} />
          </>
        );
      }}
    </Figure>
  );
}
