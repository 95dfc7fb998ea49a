import { readFileSync } from "node:fs";

/** The calculator's WebAssembly as bytes: Node.js cannot fetch files. */
export const wasm = readFileSync(new URL("../node_modules/@ironcalc/wasm/wasm_bg.wasm", import.meta.url));
