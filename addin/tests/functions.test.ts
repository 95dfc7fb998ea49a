import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { associateFunctions } from "../src/functions/associate";
import { printLaw, readModelCalls } from "../src/excel/formula/model";
import { functionsMetadata } from "../scripts/functionsMetadata.mjs";
import { LAW_NAMES, LAWS } from "../src/functions/laws";
import further from "../src/functions/further.json";
import properties from "../src/functions/properties.json";

// What the custom functions runtime of Excel offers, as far as it is used.
class RuntimeError extends Error {
  constructor(readonly code: string, message?: string) {
    super(message);
  }
}

describe("worksheet functions", () => {
  const associated = new Map<string, (...parameters: unknown[]) => unknown>();
  beforeEach(() => {
    associated.clear();
    vi.stubGlobal("CustomFunctions", {
      associate: (id: string, body: (...parameters: unknown[]) => unknown) => associated.set(id, body),
      Error: RuntimeError,
      ErrorCode: { invalidNumber: "#NUM!", notAvailable: "#N/A" },
    });
    associateFunctions();
  });
  afterEach(() => vi.unstubAllGlobals());

  test("whatever Excel is told of has code, every law among it", () => {
    const told = functionsMetadata(Object.values(LAWS), [...further, ...properties]).functions.map(({ id }: { id: string }) => id);
    expect([...associated.keys()].sort()).toEqual([...told].sort());
    expect(LAW_NAMES.filter((law) => !told.includes(law))).toEqual(["F"]);
    expect(told).toEqual(expect.arrayContaining(["FDIST", "COMPOUND", "AR1", "PERCENTILE", "NORMALALTD", "SIMTABLE"]));
    expect(told.filter((id) => id.length < 3)).toEqual([]);
    expect(new Set(told).size).toBe(told.length);
  });
  const truncate = (...values: unknown[]): unknown => associated.get("TRUNCATE")?.(...values, { address: "" });
  test.each<[string, unknown[], number]>([
    ["NORMAL", [100, 10, "Price", null, {}], 100], ["NORMAL", [100, 10, null, null, {}], 100],
    ["MODPERT", [0, 10, 50, null, null, {}], 15], ["MODPERT", [0, 10, 50, 2, null, {}], 17.5], ["MODPERT", [0, 10, 50, "Price", null, {}], 15],
  ])("MC.%s%j", (law, given, shown) => expect(associated.get(law)?.(...given)).toBe(shown));
  test("limits, shift and a value to show", () => {
    expect(associated.get("NORMAL")?.(100, 10, truncate(105, null), null, {})).toBe(105);
    expect(associated.get("NORMAL")?.(100, 10, "Price", [truncate(null, 90), associated.get("SHIFT")?.(5, {})], {})).toBe(95);
    expect(associated.get("NORMALALT")?.([0.05, 67, 0.95, 132, associated.get("STATIC")?.(99.5, {})], {})).toBe(99.5);
    expect(associated.get("NORMAL")?.(100, 10, associated.get("CORRELATE")?.([[1]], 1, null, {}), null, {})).toBe(100);
  });
  test("a law by percentiles has no value of its own", () => {
    expect(() => associated.get("NORMALALT")?.([0.05, 67, 0.95, 132], {})).toThrow(expect.objectContaining({ code: "#N/A" }) as Error);
  });
  test("a name at the end changes nothing", () => expect(associated.get("PERT")?.(80, 100, 150, "Demand")).toBe(105));
  test("ranges come as tables", () => expect(associated.get("DISCRETE")?.([[1], [2], [9]], [[0.1], [0.8], [0.1]])).toBe(2));
  test.each<[string, unknown[], number]>([
    ["FDIST", [5, 10, null, null, {}], 1.25],
    ["COMPOUND", [3, 10, null, null, null, null, {}], 30],
    ["RISKEVENT", [0.2, 50, null, null, {}], 10],
    ["SIMTABLE", [[7, 8, 9], {}], 7],
  ])("MC.%s%j", (name, given, shown) => expect(associated.get(name)?.(...given)).toBe(shown));
  test.each<[string, unknown[]]>([
    ["COMPOUND", [3, 10, 2, null, null, null, {}]], ["SPLICE", [3, 10, 2, null, null, {}]], ["AR1", [100, 40, 0.8, 490, 12, null, null, {}]], ["MEAN", [5, null, null, {}]],
  ])("MC.%s%j is not known before a run, unless MC.STATIC says what to show", (name, given) => {
    expect(() => associated.get(name)?.(...given)).toThrow(expect.objectContaining({ code: "#N/A" }) as Error);
    const fixed = [...given.slice(0, -2), associated.get("STATIC")?.(99.5, {}), {}];
    if (name !== "MEAN") expect(associated.get(name)?.(...fixed)).toBe(99.5);
  });
  test("the law F is read by both its names and written by the one that Excel takes", () => {
    for (const text of ["=MC.F(5,10)", "=MC.FDIST(5,10)", "=_xldudf_MC_FDIST(5,10)"]) expect(readModelCalls(text).laws[0]).toMatchObject({ law: "F", parameters: ["5", "10"] });
    expect(readModelCalls("=MC.FDISTALT(0.1,0.3,0.9,2)").laws[0]).toMatchObject({ law: "F", byPercentiles: true });
    expect(printLaw("F", ["5", "10"])).toBe("MC.FDIST(5,10)");
  });
  test("OUTPUT adds nothing", () => expect(associated.get("OUTPUT")?.("Profit")).toBe(0));
  test("invalid parameters are #NUM! with a reason", () => {
    expect(() => associated.get("NORMAL")?.(1, -1)).toThrow(expect.objectContaining({ code: "#NUM!", message: "MC.NORMAL: sd is -1; it must be a number of 0 or more" }) as Error);
  });
});

test("without Excel nothing is associated and nothing breaks", () => expect(associateFunctions).not.toThrow());
