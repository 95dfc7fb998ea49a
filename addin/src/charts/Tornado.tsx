import type { ReactNode } from "react";
import type { TornadoBar } from "../api/messages";
import { formatNumber } from "../pane/numbers";
import { Figure } from "./Frame";
import { linear } from "./scale";

const ROW = 30;
const TOP = 4;

interface TornadoProps {
  readonly title: string;
  readonly bars: readonly TornadoBar[];
  /** The name that people know an input by. */
  readonly nameOf: (input: string) => string;
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

function Numbers({ bars, nameOf }: Omit<TornadoProps, "title">): ReactNode {
  return (
    <table>
      <thead>
        <tr><th scope="col">Input</th><th scope="col">Rank correlation</th><th scope="col">Mean at low input</th><th scope="col">Mean at high input</th></tr>
      </thead>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.input}>
            <th scope="row">{nameOf(bar.input)}</th>
            <td>{bar.rank_correlation === null ? "–" : signed(bar.rank_correlation)}</td>
            <td>{formatNumber(bar.low_mean)}</td>
            <td>{formatNumber(bar.high_mean)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Inputs by how strongly they move an output, strongest on top. */
export function Tornado({ title, bars, nameOf }: TornadoProps): ReactNode {
  const shown = bars.filter((bar) => bar.rank_correlation !== null).slice(0, 12);
  const first = shown[0];
  const strongest = first ? `The strongest input is ${nameOf(first.input)} with ${signed(first.rank_correlation ?? 0)}.` : "No input varies.";
  const height = TOP + shown.length * ROW + 4;
  return (
    <Figure title={title} alternative={strongest} height={height} table={<Numbers bars={bars} nameOf={nameOf} />}>
      {(width) => {
        const most = Math.max(0.1, ...shown.map((bar) => Math.abs(bar.rank_correlation ?? 0)));
        const x = linear([-most, most], [38, width - 38]);
        return (
          <>
            {shown.map((bar, index) => {
              const value = bar.rank_correlation ?? 0;
              const y = TOP + index * ROW;
              const edge = x(value);
              return (
                <g key={bar.input}>
                  <text className="mc-name" x={0} y={y + 10}>{nameOf(bar.input)}</text>
                  <rect className={value < 0 ? "mc-bar mc-negative" : "mc-bar"} x={Math.min(edge, x(0))} y={y + 14} width={Math.max(1, Math.abs(edge - x(0)))} height={11} />
                  <text className="mc-value" x={value < 0 ? edge - 4 : edge + 4} y={y + 23} textAnchor={value < 0 ? "end" : "start"}>{signed(value)}</text>
                </g>
              );
            })}
            <line className="mc-zero" x1={x(0)} x2={x(0)} y1={TOP + 12} y2={height - 2} />
          </>
        );
      }}
    </Figure>
  );
}
