// Lanczos approximation with g = 7 and nine coefficients (Godfrey, "A note on the computation of the convergent
// Lanczos complex Gamma approximation", 2001): about 15 significant digits on the positive axis.

const G = 7;
const COEFFICIENTS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Γ(x) for x > 0. */
export function gamma(x: number): number {
  if (x < 0.5) return Math.PI / (Math.sin(Math.PI * x) * gamma(1 - x));
  const shifted = x - 1;
  const series = COEFFICIENTS.reduce((sum, c, index) => (index === 0 ? c : sum + c / (shifted + index)), 0);
  const base = shifted + G + 0.5;
  return Math.sqrt(2 * Math.PI) * base ** (shifted + 0.5) * Math.exp(-base) * series;
}
