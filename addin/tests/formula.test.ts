import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findCalls } from "../src/excel/formula/calls";
import { printLaw, readModelCalls, withLaw, withOutput, withoutLaw, withoutOutput } from "../src/excel/formula/model";
import { tokenize } from "../src/excel/formula/tokens";

const kinds = (formula: string): string => tokenize(formula).filter((t) => t.kind !== "space").map((t) => `${t.kind}:${t.text}`).join(" ");

describe("tokenize", () => {
  test.each([
    ["=A1+2", "operator:= reference:A1 operator:+ number:2"],
    ['="a""b,("&C$3', 'operator:= string:"a""b,(" operator:& reference:C$3'],
    ["=SUM(A1:B2,'My ''own'' sheet'!C3)", "operator:= function:SUM open:( reference:A1:B2 separator:, reference:'My ''own'' sheet'!C3 close:)"],
    ["=LOG10(A:A)", "operator:= function:LOG10 open:( reference:A:A close:)"],
    ["=1:3", "operator:= reference:1:3"],
    ["=1.5e-3%", "operator:= number:1.5e-3 operator:%"],
    ["=#N/A", "operator:= error:#N/A"],
    ["={1,2;3,4}", "operator:= openArray:{ number:1 separator:, number:2 rowSeparator:; number:3 separator:, number:4 closeArray:}"],
    ["=Table1[[#This Row],[a,b]]*Rate", "operator:= name:Table1[[#This Row],[a,b]] operator:* name:Rate"],
    ["=MC.NORMAL(1,2)", "operator:= function:MC.NORMAL open:( number:1 separator:, number:2 close:)"],
    ["=_xlfn.XLOOKUP(A1#,B1,C1)", "operator:= function:_xlfn.XLOOKUP open:( reference:A1# separator:, reference:B1 separator:, reference:C1 close:)"],
    ["=[1]Sheet1!A1", "operator:= reference:[1]Sheet1!A1"],
    ["=Größe*2", "operator:= name:Größe operator:* number:2"],
    ["=XFD1048576<>A1", "operator:= reference:XFD1048576 operator:<> reference:A1"],
  ])("%s", (formula, expected) => expect(kinds(formula)).toBe(expected));

  test("loses no character of any text", () => {
    fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => tokenize(text).map((t) => t.text).join("") === text));
  });
});

describe("findCalls", () => {
  test("inner calls come before outer ones, arguments keep their place", () => {
    const formula = "=ROUND(MC.PERT(1,{2,3},MAX(4,5)),0)*B2";
    const calls = findCalls(formula).map((call) => [call.name, call.arguments.map((a) => formula.slice(a.start, a.end))]);
    expect(calls).toEqual([["MAX", ["4", "5"]], ["MC.PERT", ["1", "{2,3}", "MAX(4,5)"]], ["ROUND", ["MC.PERT(1,{2,3},MAX(4,5))", "0"]]]);
  });
  test("a call without arguments has none", () => expect(findCalls("=NOW( )")[0]?.arguments).toEqual([]));
  test("a call inside a string is none", () => expect(findCalls('="MC.NORMAL(1,2)"')).toEqual([]));
  test("an unfinished call is none", () => expect(findCalls("=SUM(1,2")).toEqual([]));
  test("brackets that belong to no call do not take its commas", () => {
    const formula = "=SUM((A1,B1),2)";
    expect(findCalls(formula)[0]?.arguments.map((a) => formula.slice(a.start, a.end))).toEqual(["(A1,B1)", "2"]);
  });
});

describe("model calls", () => {
  test.each([
    ["=MC.NORMAL(100,10)", "NORMAL", ["100", "10"], null],
    ['=mc.normal(B1*2, 10 ,"De""mand")', "NORMAL", ["B1*2", "10"], 'De"mand'],
    ["=_xldudf_MC_PERT(1,2,3)", "PERT", ["1", "2", "3"], null],
    ["=_xll.MC.UNIFORM(1,2)", "UNIFORM", ["1", "2"], null],
    ['=MC.DISCRETE({1,2},{0.5,0.5},"Pick")', "DISCRETE", ["{1,2}", "{0.5,0.5}"], "Pick"],
  ])("%s", (formula, law, parameters, name) => {
    expect(readModelCalls(formula).laws).toMatchObject([{ law, parameters, name }]);
  });
  test("a name may be the cell of a label, which stays when the call is written again", () => {
    const [call] = readModelCalls("=MC.PERT(C5,D5,E5,$B5)").laws;
    expect(call).toMatchObject({ parameters: ["C5", "D5", "E5"], name: null, nameFormula: "$B5" });
    expect(printLaw("PERT", call?.parameters ?? [], { name: "Ground works", nameFormula: call?.nameFormula ?? null })).toBe("MC.PERT(C5,D5,E5,$B5)");
  });
  test.each([
    ['=MC.PERT(1,2,5,"Cost",MC.TRUNCATE(0,))', { law: "PERT", parameters: ["1", "2", "5"], name: "Cost", properties: [{ name: "TRUNCATE", arguments: ["0", ""] }] }],
    ["=MC.NORMAL(1,2,MC.CORRELATE(H2:J4,1))", { parameters: ["1", "2"], name: null, properties: [{ name: "CORRELATE", arguments: ["H2:J4", "1"] }] }],
    ['=MC.NORMAL(1,2,MC.NAME("X"))', { parameters: ["1", "2"], name: "X", properties: [] }],
    ['=MC.MODPERT(1,2,5,"Cost")', { law: "MODPERT", parameters: ["1", "2", "5"], name: "Cost" }],
    ["=MC.MODPERT(1,2,5,3,B1)", { parameters: ["1", "2", "5", "3"], nameFormula: "B1" }],
    ['=MC.NORMALALT(5%,67,95%,132,"P",MC.STATIC(99))', { law: "NORMAL", byPercentiles: true, parameters: ["5%", "67", "95%", "132"], name: "P" }],
    ["=MC.METALOG({1,2},,5)", { law: "METALOG", parameters: ["{1,2}", "", "5"], name: null }],
  ])("%s in all its parts", (formula, expected) => expect(readModelCalls(formula).laws).toMatchObject([expected]));
  test("two draws in one cell, in the order of the formula", () => {
    expect(readModelCalls("=MC.NORMAL(1,2)+MC.UNIFORM(0,MC.PERT(1,2,3))").laws.map((call) => call.law)).toEqual(["NORMAL", "UNIFORM", "PERT"]);
  });
  test.each(["=ABC.NORMAL(1,2)", '="MC.NORMAL(1,2)"', "MC.NORMAL(1,2)", 5, null, "=MC.UNHEARD(1)"])("%s holds none", (formula) => {
    expect(readModelCalls(formula)).toEqual({ laws: [], output: null });
  });
  test("an output's name", () => expect(readModelCalls('=MC.OUTPUT("Profit")+B1-B2').output?.name).toBe("Profit"));
  test("an output without a name", () => expect(readModelCalls("=B1+MC.OUTPUT()").output).toMatchObject({ name: null }));
});

describe("writing", () => {
  test.each([
    ["", "=MC.PERT(1,2,3)"],
    ["=ROUND(MC.NORMAL(5,1),0)*B2", "=ROUND(MC.PERT(1,2,3),0)*B2"],
  ])("a law into %s", (formula, expected) => {
    expect(withLaw(formula, readModelCalls(formula).laws[0] ?? null, printLaw("PERT", ["1", "2", "3"]))).toBe(expected);
  });
  test.each([
    ["=B1-B2", '=MC.OUTPUT("Profit")+B1-B2'],
    ['=MC.OUTPUT("Old")+B1-B2', '=MC.OUTPUT("Profit")+B1-B2'],
    ['=MC.OUTPUT("Old","Cash",3)+B1-B2', '=MC.OUTPUT("Profit","Cash",3)+B1-B2'],
    ['=MC.OUTPUT(,"Cash",3)+B1-B2', '=MC.OUTPUT("Profit","Cash",3)+B1-B2'],
  ])("an output mark into %s", (formula, expected) => expect(withOutput(formula, "Profit")).toBe(expected));
  test.each([
    ['=MC.OUTPUT("Profit")+B1-B2', "=B1-B2"],
    ["=B1-B2 + MC.OUTPUT()", "=B1-B2"],
    ["=IF(A1,MC.OUTPUT()+B1,0)", "=IF(A1,0+B1,0)"],
    ["=B1", "=B1"],
  ])("an output mark out of %s", (formula, expected) => expect(withoutOutput(formula)).toBe(expected));
  test.each<[string, number, string | number]>([
    ["=MC.NORMAL(100,10)", 100, 100],
    ["=MC.NORMAL(-5,1)", -5, -5],
    ["=ROUND(MC.PERT(1,2,3),0)*B2", 2, "=ROUND(2,0)*B2"],
    ["=B1*MC.NORMAL(-5,1)", -5, "=B1*(-5)"],
    ["=(MC.NORMAL(3,1))", 3, 3],
  ])("a law out of %s", (formula, value, expected) => {
    const [call] = readModelCalls(formula).laws;
    expect(call && withoutLaw(formula, call, value)).toBe(expected);
  });
  test("what is printed is read back", () => {
    const argument = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), fc.constantFrom("B2", "$C$4*2", "MAX(A1,B1)"));
    fc.assert(fc.property(argument, argument, fc.string({ minLength: 1 }), (a, b, name) => {
      const printed = printLaw("NORMAL", [a, b], { name });
      const read = readModelCalls(`=1+${printed}`).laws[0];
      expect(read).toMatchObject({ law: "NORMAL", parameters: [a, b], name: name.trim() === "" ? null : name.trim() });
    }));
  });
  test("marking and unmarking leaves the formula as it was", () => {
    fc.assert(fc.property(fc.constantFrom("=A1", "=-B2*3", '=IF(A1>1,"x",2)', "=MC.NORMAL(1,2)"), fc.string(), (formula, name) => withoutOutput(withOutput(formula, name)) === formula));
  });
});
