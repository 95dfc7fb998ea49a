import type { ReactNode } from "react";
import { formatPercent } from "../pane/numbers";
import { BottomAxis, Figure } from "./Frame";
import { linear } from "./scale";

const ROW = 38;
const TOP = 2;

/** An input's share of a variance, with the interval it is known to. */
export interface ShareBar {
  readonly input: string;
  /** What it explains alone; null where the method has no such share. */
  readonly first: number | null;
  readonly total: number | null;
  readonly interval: readonly [number, number] | null;
}

interface SharesProps {
  readonly title: string;
  readonly bars: readonly ShareBar[];
  readonly table: ReactNode;
}

/** Inputs by their share of the variance: the whole share pale, what it explains alone strong, whiskers for the interval. */
export function Shares({ title, bars, table }: SharesProps): ReactNode {
  const height = TOP + bars.length * ROW + 22;
  const bottom = TOP + bars.length * ROW;
  const [first] = bars;
  const reach = Math.max(0.05, ...bars.flatMap(({ first: own, total, interval }) => [own ?? 0, total ?? 0, interval?.[1] ?? 0]));
  const alternative = first ? `${first.input} has the largest share, ${formatPercent(first.total ?? first.first ?? 0)}.` : "There are no shares.";
  return (
    <Figure title={title} alternative={alternative} height={height} table={table}>
      {(width) => {
        const x = linear([0, reach], [1, width - 52]);
        return (
          <>
            {bars.map(({ input, first: own, total, interval }, index) => {
              const y = TOP + index * ROW;
              const value = total ?? own ?? 0;
              const end = Math.max(x(value), interval ? x(interval[1]) : 0);
              return (
                <g key={input}>
                  <text className="mc-name" x={0} y={y + 11}>{input}</text>
                  <rect className={own === null ? "mc-bar" : "mc-bar mc-pale"} x={x(0)} y={y + 17} width={Math.max(1, x(Math.max(0, value)) - x(0))} height={13} />
                  {own !== null && <rect className="mc-bar" x={x(0)} y={y + 20} width={Math.max(1, x(Math.max(0, own)) - x(0))} height={7} />}
                  {interval && <path className="mc-whisker" fill="none" d={`M${x(Math.max(0, interval[0]))},${y + 20}V${y + 27}M${x(Math.max(0, interval[0]))},${y + 23.5}H${x(interval[1])}M${x(interval[1])},${y + 20}V${y + 27}`} />}
                  <text className="mc-value" x={end + 5} y={y + 28}>{formatPercent(value)}</text>
                </g>
              );
            })}
            <BottomAxis scale={x} y={bottom} width={width} format={formatPercent} />
          </>
        );
      }}
    </Figure>
  );
}
