import type { ReactNode } from "react";
import type { HistogramData } from "../api/messages";
import { formatCount, formatNumber, formatPercent } from "../pane/numbers";
import { BottomAxis, Figure, Markers, type Marker } from "./Frame";
import { linear } from "./scale";

const HEIGHT = 190;
const TOP = 28;
const BOTTOM = HEIGHT - 22;

interface HistogramProps {
  readonly title: string;
  readonly data: HistogramData;
  readonly markers: readonly Marker[];
  /** Bars whose middle lies between these are drawn strong, the others pale. */
  readonly between?: readonly [number, number] | undefined;
}

function summary({ edges, counts }: HistogramData): string {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const tallest = counts.indexOf(Math.max(...counts));
  const range = `Values from ${formatNumber(edges[0])} to ${formatNumber(edges.at(-1))}`;
  const peak = `most of them between ${formatNumber(edges[tallest])} and ${formatNumber(edges[tallest + 1])}`;
  return `${range}, ${peak} (${formatPercent((counts[tallest] ?? 0) / (total || 1))}).`;
}

function Numbers({ data: { edges, counts } }: { data: HistogramData }): ReactNode {
  return (
    <table>
      <thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">Count</th></tr></thead>
      <tbody>
        {counts.map((count, index) => (
          <tr key={edges[index]}>
            <td>{formatNumber(edges[index])}</td><td>{formatNumber(edges[index + 1])}</td><td>{formatCount(count)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Bars of how often values fell into each bin. */
export function Histogram({ title, data, markers, between }: HistogramProps): ReactNode {
  const { edges, counts } = data;
  const domain: [number, number] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  return (
    <Figure title={title} alternative={summary(data)} height={HEIGHT} table={<Numbers data={data} />}>
      {(width) => {
        const x = linear(domain, [1, width - 1]);
        const y = linear([0, Math.max(...counts, 1)], [BOTTOM, TOP + 4]);
        return (
          <>
            {counts.map((count, index) => {
              const [from = 0, to = 0] = [edges[index], edges[index + 1]];
              const middle = (from + to) / 2;
              const pale = between && (middle < between[0] || middle > between[1]);
              const left = x(from);
              const bar = Math.max(1, x(to) - left - (x(to) - left > 4 ? 1 : 0));
              return <rect key={from} className={pale ? "mc-bar mc-pale" : "mc-bar"} x={left} y={y(count)} width={bar} height={BOTTOM - y(count)} />;
            })}
            <BottomAxis scale={x} y={BOTTOM} width={width} />
            <Markers markers={markers} scale={x} top={0} bottom={BOTTOM} width={width} />
          </>
        );
      }}
    </Figure>
  );
}
