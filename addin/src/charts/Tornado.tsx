import type { ReactNode } from "react";
import { formatNumber } from "../pane/numbers";
import { Figure } from "./Frame";
import { linear } from "./scale";

const ROW = 30;
const TOP = 4;
const MOST = 12;

/** A bar from `from` (0 where it is left out) to `value`. */
export interface Bar {
  readonly input: string;
  readonly value: number;
  readonly from?: number;
}

interface TornadoProps {
  readonly title: string;
  readonly bars: readonly Bar[];
  /** The name that people know an input by. */
  readonly nameOf: (input: string) => string;
  readonly format: (value: number) => string;
  /** Where bars start, and what the axis in the middle stands for. */
  readonly centre?: number;
  /** What the table calls the bar's ends. */
  readonly columns: readonly string[];
}

export const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;

function Numbers({ bars, nameOf, format, columns }: TornadoProps): ReactNode {
  return (
    <table>
      <thead><tr><th scope="col">Input</th>{columns.map((column) => <th key={column} scope="col">{column}</th>)}</tr></thead>
      <tbody>
        {bars.map(({ input, value, from }) => (
          <tr key={input}>
            <th scope="row">{nameOf(input)}</th>
            {from !== undefined && <td>{format(from)}</td>}
            <td>{format(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function describe({ bars, nameOf, format }: TornadoProps): string {
  const first = bars[0];
  if (!first) return "No input matters.";
  const ends = first.from === undefined ? format(first.value) : `${format(first.from)} to ${format(first.value)}`;
  return `The strongest input is ${nameOf(first.input)} with ${ends}.`;
}

/** Inputs by how strongly they move an output, strongest on top. */
export function Tornado(props: TornadoProps): ReactNode {
  const { title, bars, nameOf, format, centre = 0 } = props;
  const shown = bars.slice(0, MOST);
  const height = TOP + shown.length * ROW + 4;
  const margin = Math.max(38, ...shown.map(({ value }) => format(value).length * 6.4 + 6));
  const reach = Math.max(...shown.flatMap(({ value, from = centre }) => [Math.abs(value - centre), Math.abs(from - centre)])) || 1;
  return (
    <Figure title={title} alternative={describe(props)} height={height} table={<Numbers {...props} />}>
      {(width) => {
        const x = linear([centre - reach, centre + reach], [margin, width - margin]);
        return (
          <>
            {shown.map(({ input, value, from }, index) => {
              const y = TOP + index * ROW;
              const [start, end] = [x(from ?? centre), x(value)];
              const isNegative = value < (from ?? centre);
              return (
                <g key={input}>
                  <text className="mc-name" x={0} y={y + 10}>{nameOf(input)}</text>
                  <rect className={isNegative ? "mc-bar mc-negative" : "mc-bar"} x={Math.min(start, end)} y={y + 14} width={Math.max(1, Math.abs(end - start))} height={11} />
                  {from !== undefined && <text className="mc-value" x={start + (isNegative ? 4 : -4)} y={y + 23} textAnchor={isNegative ? "start" : "end"}>{format(from)}</text>}
                  <text className="mc-value" x={isNegative ? end - 4 : end + 4} y={y + 23} textAnchor={isNegative ? "end" : "start"}>{format(value)}</text>
                </g>
              );
            })}
            <line className="mc-zero" x1={x(centre)} x2={x(centre)} y1={TOP + 12} y2={height - 2} />
          </>
        );
      }}
    </Figure>
  );
}

export const formatBar = (value: number): string => formatNumber(value, 4);
