// Writes dist/functions.json from the JSDoc of the worksheet functions. The generator reports success even when it wrote
// nothing, so its file is deleted first and looked for afterwards.

import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const target = `${root}dist/functions.json`;
const command = `${root}node_modules/custom-functions-metadata/cli.js`;

mkdirSync(`${root}dist`, { recursive: true });
rmSync(target, { force: true });
execFileSync(process.execPath, [command, "generate", `${root}src/functions/functions.ts`, target], { stdio: "inherit" });
if (!existsSync(target)) throw new Error("functions.json was not written: see the messages above.");
const { functions } = JSON.parse(readFileSync(target, "utf8"));
console.log(`functions.json: ${functions.length} worksheet functions`);
