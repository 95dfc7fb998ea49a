// Numbers as people read them: six significant digits at most, thousands grouped, no pretended precision.

const LANGUAGE = "en-US";

/** 1234567.891 → "1,234,568"; 0.000012345 → "1.2345e-5"; missing values → "–". */
export function formatNumber(value: number | null | undefined, digits = 6): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return Number(value.toPrecision(digits)).toExponential().replace("e+", "e");
  if (size >= 10 ** digits) return value.toLocaleString(LANGUAGE, { maximumFractionDigits: 0 });
  return value.toLocaleString(LANGUAGE, { maximumSignificantDigits: digits });
}

/** Short labels for axes: 1,200,000 → "1.2M". `step` is the distance of neighbouring labels. */
export function formatTick(value: number, step: number): string {
  const largest = Math.max(Math.abs(value), Math.abs(step));
  const [unit, sign] = largest >= 1e9 ? [1e9, "B"] : largest >= 1e6 ? [1e6, "M"] : largest >= 1e4 ? [1e3, "k"] : [1, ""];
  if (value !== 0 && (largest >= 1e15 || Math.abs(step) < 1e-6)) return value.toExponential(1).replace("e+", "e");
  const decimals = Math.max(0, Math.min(8, -Math.floor(Math.log10(Math.abs(step) / unit) + 1e-9)));
  const text = (value / unit).toLocaleString(LANGUAGE, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return `${text}${Number(text.replaceAll(",", "")) === 0 ? "" : sign}`;
}

export function formatCount(value: number): string {
  return value.toLocaleString(LANGUAGE, { maximumFractionDigits: 0 });
}

export function formatPercent(share: number): string {
  return `${(share * 100).toLocaleString(LANGUAGE, { maximumFractionDigits: 1 })}%`;
}

/** 0.4 → "0.4 s", 75 → "1 min 15 s". */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toLocaleString(LANGUAGE, { maximumFractionDigits: 1 })} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** The value to a hundredth of the spread or finer, so that values that lie close together stay apart. */
export function roundedBySpread(value: number, spread: number | null): number {
  if (!spread || !Number.isFinite(spread)) return Number(value.toPrecision(12));
  const decimals = 2 - Math.floor(Math.log10(spread));
  return decimals >= 0 ? Number(value.toFixed(Math.min(decimals, 100))) : Math.round(value / 10 ** -decimals) * 10 ** -decimals;
}
