import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { associateFunctions } from "../src/functions/associate";
import { LAW_NAMES } from "../src/functions/staticValue";

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
      ErrorCode: { invalidNumber: "#NUM!" },
    });
    associateFunctions();
  });
  afterEach(() => vi.unstubAllGlobals());

  test("every law and OUTPUT has code", () => expect([...associated.keys()].sort()).toEqual([...LAW_NAMES, "OUTPUT"].sort()));
  test("a name at the end changes nothing", () => expect(associated.get("PERT")?.(80, 100, 150, "Demand")).toBe(105));
  test("ranges come as tables", () => expect(associated.get("DISCRETE")?.([[1], [2], [9]], [[0.1], [0.8], [0.1]])).toBe(2));
  test("OUTPUT adds nothing", () => expect(associated.get("OUTPUT")?.("Profit")).toBe(0));
  test("invalid parameters are #NUM! with a reason", () => {
    expect(() => associated.get("NORMAL")?.(1, -1)).toThrow(expect.objectContaining({ code: "#NUM!", message: "MC.NORMAL: sd is -1; it must be a number of 0 or more" }) as Error);
  });
});

test("without Excel nothing is associated and nothing breaks", () => expect(associateFunctions).not.toThrow());
