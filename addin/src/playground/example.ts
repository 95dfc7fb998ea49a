// A small model to begin with: is the new product worth it?

import type { CellInput } from "../excel/host";

type Line = readonly [cell: string, input: CellInput, format?: string];

export const EXAMPLE_NAME = "Product launch.xlsx";

export const EXAMPLE: readonly Line[] = [
  ["A1", "Product launch, first year"],
  ["A3", "Units sold"], ["B3", '=ROUND(MC.PERT(8000,12000,20000,"Units sold"),0)', "#,##0"], ["C3", "a careful guess, a likely one, a hopeful one"],
  ["A4", "Price per unit"], ["B4", '=MC.TRIANGULAR(38,45,49,"Price")', "#,##0.00"], ["C4", "competitors will react"],
  ["A5", "Cost per unit"], ["B5", '=MC.NORMAL(26,2.5,"Unit cost")', "#,##0.00"], ["C5", "material prices move"],
  ["A6", "Supplier fails"], ["B6", '=MC.BERNOULLI(10%,"Supplier fails")', "0"], ["C6", "one year in ten"],
  ["A7", "Cost of a failure"], ["B7", 60_000, "#,##0"],
  ["A8", "Fixed costs"], ["B8", 140_000, "#,##0"],
  ["A10", "Revenue"], ["B10", "=B3*B4", "#,##0"],
  ["A11", "Costs"], ["B11", "=B3*B5+B6*B7+B8", "#,##0"],
  ["A12", "Profit"], ["B12", '=MC.OUTPUT("Profit")+B10-B11', "#,##0"], ["C12", "what we want to know"],
  ["A13", "Margin"], ["B13", '=MC.OUTPUT("Margin")+B12/B10', "0.0%"],
];

export const EXAMPLE_WIDTHS: ReadonlyMap<number, number> = new Map([[1, 24], [2, 14], [3, 42]]);
