import type { ReactNode } from "react";
import type { BoxData, DensityDetail, FanDetail } from "../api/details";
import { formatCount, formatNumber, formatTick } from "../pane/numbers";
import { BottomAxis, Figure, Markers, type Marker } from "./Frame";
import { domainOf, linear, ticks, type Scale } from "./scale";

const HEIGHT = 190;
const BOTTOM = HEIGHT - 22;

function path(xs: readonly number[], ys: readonly number[], x: Scale, y: Scale): string {
  return xs.map((value, index) => `${index ? "L" : "M"}${x(value).toFixed(1)},${y(ys[index] ?? 0).toFixed(1)}`).join("");
}

/** A smooth density of the values. */
export function Density({ title, density: { x: xs, height }, markers }: { title: string; density: DensityDetail; markers: readonly Marker[] }): ReactNode {
  const peak = xs[height.indexOf(Math.max(...height))];
  return (
    <Figure title={title} alternative={`The density is highest at ${formatNumber(peak)}.`} height={HEIGHT}>
      {(width) => {
        const x = linear(domainOf(xs), [1, width - 1]);
        const y = linear([0, Math.max(...height)], [BOTTOM, 30]);
        const line = path(xs, height, x, y);
        return (
          <>
            <path className="mc-area" d={`${line}L${x(xs.at(-1) ?? 0)},${BOTTOM}L${x(xs[0] ?? 0)},${BOTTOM}Z`} />
            <path className="mc-line" d={line} />
            <BottomAxis scale={x} y={BOTTOM} width={width} />
            <Markers markers={markers} scale={x} top={0} bottom={BOTTOM} width={width} />
          </>
        );
      }}
    </Figure>
  );
}

function BoxNumbers({ box }: { box: BoxData }): ReactNode {
  const rows = [["Low whisker", box.low_whisker], ["Lower quartile", box.low_quartile], ["Median", box.median], ["Upper quartile", box.high_quartile], ["High whisker", box.high_whisker]] as const;
  return <table><tbody>{rows.map(([label, value]) => <tr key={label}><th scope="row">{label}</th><td>{formatNumber(value)}</td></tr>)}</tbody></table>;
}

/** Tukey's box: quartiles, whiskers, and how many values lie beyond them. */
export function BoxPlot({ title, box, ends }: { title: string; box: BoxData; ends: readonly [number, number] }): ReactNode {
  const { low_whisker: low, low_quartile: from, median, high_quartile: to, high_whisker: high, outliers } = box;
  const middle = 52;
  return (
    <Figure title={title} alternative={`Half of the values lie between ${formatNumber(from)} and ${formatNumber(to)}, the median is ${formatNumber(median)}; ${formatCount(outliers)} lie beyond the whiskers.`}
      height={128} table={<BoxNumbers box={box} />}>
      {(width) => {
        const x = linear(domainOf([...ends, low, high]), [4, width - 4]);
        return (
          <>
            {outliers > 0 && <text className="mc-value" x={0} y={10}>{formatCount(outliers)} values beyond the whiskers</text>}
            <g className="mc-box">
              <line className="mc-beyond" x1={x(ends[0])} x2={x(low)} y1={middle} y2={middle} />
              <line className="mc-beyond" x1={x(high)} x2={x(ends[1])} y1={middle} y2={middle} />
              <line x1={x(low)} x2={x(from)} y1={middle} y2={middle} />
              <line x1={x(to)} x2={x(high)} y1={middle} y2={middle} />
              {[low, high].map((value) => <line key={value} x1={x(value)} x2={x(value)} y1={middle - 10} y2={middle + 10} />)}
              <rect x={x(from)} y={middle - 24} width={Math.max(1, x(to) - x(from))} height={48} />
              <line className="mc-median" x1={x(median)} x2={x(median)} y1={middle - 24} y2={middle + 24} />
            </g>
            <BottomAxis scale={x} y={104} width={width} />
          </>
        );
      }}
    </Figure>
  );
}

interface FanProps {
  readonly title: string;
  readonly fan: FanDetail;
  readonly nameOf: (output: string) => string;
}

function FanNumbers({ fan, nameOf }: Omit<FanProps, "title">): ReactNode {
  return (
    <table>
      <thead><tr><th scope="col">Output</th>{fan.percents.map((percent) => <th key={percent} scope="col">{shareOf(percent)}%</th>)}<th scope="col">Mean</th></tr></thead>
      <tbody>
        {fan.outputs.map((output, index) => (
          <tr key={output}>
            <th scope="row">{nameOf(output)}</th>
            {fan.bands.map((band, at) => <td key={at}>{formatNumber(band[index], 4)}</td>)}
            <td>{formatNumber(fan.means[index], 4)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const shareOf = (percent: number): number => Number((percent < 1 ? percent * 100 : percent).toPrecision(6));

function SideAxis({ scale, width }: { scale: Scale; width: number }): ReactNode {
  const { values, step } = ticks([scale.domain[0], scale.domain[1]], 4);
  return (
    <g className="mc-grid" aria-hidden="true">
      {values.map((value) => (
        <g key={value}>
          <line x1={44} x2={width} y1={scale(value)} y2={scale(value)} />
          <text x={40} y={scale(value) + 4} textAnchor="end">{formatTick(value, step)}</text>
        </g>
      ))}
    </g>
  );
}

/** Percentile bands over the cells of a range, with the mean as a line. */
export function Fan({ title, fan, nameOf }: FanProps): ReactNode {
  const { outputs, bands, means } = fan;
  const places = outputs.map((_, index) => index);
  const known = [...bands.flat(), ...means].filter((value) => value !== null);
  if (!known.length) return null;
  const numbers = (band: readonly (number | null)[] | undefined): number[] => (band ?? []).map((value) => value ?? Number.NaN);
  const last = means.at(-1);
  return (
    <Figure title={title} alternative={`From a mean of ${formatNumber(means[0])} to ${formatNumber(last)}.`} height={HEIGHT} table={<FanNumbers fan={fan} nameOf={nameOf} />}>
      {(width) => {
        const x = linear([0, Math.max(1, outputs.length - 1)], [46, width - 6]);
        const y = linear(domainOf(known), [BOTTOM, 8]);
        const pairs = Array.from({ length: Math.floor(bands.length / 2) }, (_, index) => [numbers(bands[index]), numbers(bands.at(-1 - index))] as const);
        return (
          <>
            <SideAxis scale={y} width={width} />
            {pairs.map(([low, high], index) => (
              <path key={index} className="mc-band" d={`${path(places, high, x, y)}${path(places.toReversed(), low.toReversed(), x, y).replace("M", "L")}Z`} />
            ))}
            <path className="mc-line" d={path(places, numbers(means), x, y)} />
            <g className="mc-axis" aria-hidden="true">
              <text x={46} y={HEIGHT - 6}>{nameOf(outputs[0] ?? "")}</text>
              <text x={width - 2} y={HEIGHT - 6} textAnchor="end">{nameOf(outputs.at(-1) ?? "")}</text>
            </g>
          </>
        );
      }}
    </Figure>
  );
}
