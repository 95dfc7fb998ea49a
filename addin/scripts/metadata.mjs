// Writes dist/functions.json, by which Excel knows the worksheet functions.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { functionsMetadata } from "./functionsMetadata.mjs";

const folder = new URL("../", import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(`src/functions/${name}`, folder), "utf8"));

const metadata = functionsMetadata(read("laws.json"), [...read("further.json"), ...read("properties.json")]);
mkdirSync(new URL("dist/", folder), { recursive: true });
writeFileSync(new URL("dist/functions.json", folder), JSON.stringify(metadata, null, 1));
console.log(`functions.json: ${metadata.functions.length} worksheet functions`);
