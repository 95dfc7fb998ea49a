import { useLayoutEffect, useRef, useState, type ReactNode, type RefObject } from "react";
import { formatTick } from "../pane/numbers";
import { ticks, type Scale } from "./scale";

/** The width of an element in CSS pixels, kept up to date, so that letters in a chart never shrink with it. */
export function useWidth(first = 300): [RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(first);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const measure = (): void => setWidth(Math.max(160, Math.floor(element.clientWidth)));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}

interface FigureProps {
  readonly title: string;
  /** What a person who cannot see the picture should know from it. */
  readonly alternative: string;
  readonly height: number;
  readonly children: (width: number) => ReactNode;
  readonly table?: ReactNode;
}

/** A chart with its text alternative, and optionally its numbers as a table that can be unfolded. */
export function Figure({ title, alternative, height, children, table }: FigureProps): ReactNode {
  const [ref, width] = useWidth();
  return (
    <figure className="mc-figure">
      <div ref={ref}>
        <svg role="img" aria-label={`${title}. ${alternative}`} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
          {children(width)}
        </svg>
      </div>
      {table && (
        <details className="mc-table">
          <summary>Show the numbers</summary>
          {table}
        </details>
      )}
    </figure>
  );
}

interface AxisProps {
  readonly scale: Scale;
  readonly y: number;
  readonly width: number;
  /** Where the plot begins, right of the labels of a vertical axis. */
  readonly left?: number;
  readonly format?: (value: number, step: number) => string;
}

/** A horizontal axis of numbers under the plot. */
export function BottomAxis({ scale, y, width, left = 0, format = formatTick }: AxisProps): ReactNode {
  const { values, step } = ticks([scale.domain[0], scale.domain[1]], Math.max(2, Math.floor(width / 55)));
  return (
    <g className="mc-axis" aria-hidden="true">
      <line x1={left} x2={width} y1={y} y2={y} />
      {values.map((value) => {
        const x = scale(value);
        const anchor = x < left + 16 ? "start" : x > width - 16 ? "end" : "middle";
        return (
          <g key={value}>
            <line x1={x} x2={x} y1={y} y2={y + 4} />
            <text x={Math.min(Math.max(x, 1), width - 1)} y={y + 16} textAnchor={anchor}>{format(value, step)}</text>
          </g>
        );
      })}
    </g>
  );
}

export interface Marker {
  readonly label: string;
  readonly value: number;
}

/** Dashed lines at named values; labels that would run into each other move to a second line. */
export function Markers({ markers, scale, top, bottom, width }: { markers: readonly Marker[]; scale: Scale; top: number; bottom: number; width: number }): ReactNode {
  const shown = markers
    .filter(({ value }) => value >= scale.domain[0] && value <= scale.domain[1])
    .toSorted((a, b) => a.value - b.value);
  const ends = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  return (
    <g className="mc-marker" aria-hidden="true">
      {shown.map(({ label, value }) => {
        const x = scale(value);
        const half = label.length * 3.2 + 3;
        const middle = Math.min(Math.max(x, half), width - half);
        const level = middle - half > (ends[0] ?? 0) ? 0 : 1;
        ends[level] = middle + half;
        const y = top + 10 + level * 12;
        return (
          <g key={label}>
            <line x1={x} x2={x} y1={y + 3} y2={bottom} />
            <text x={middle} y={y} textAnchor="middle">{label}</text>
          </g>
        );
      })}
    </g>
  );
}
