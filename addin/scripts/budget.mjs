// The page that every workbook loads must stay small: its own script and everything that it imports at once.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const LIMIT = 40 * 1024;
const dist = new URL("../dist/", import.meta.url);

function imported(file, seen) {
  if (seen.has(file)) return seen;
  seen.add(file);
  const code = readFileSync(new URL(file, dist), "utf8");
  for (const [, name] of code.matchAll(/(?:^|[;\s}])(?:import|export)[^"'()]*?["']\.\/([^"']+\.js)["']/g)) imported(`assets/${name}`, seen);
  return seen;
}

const html = readFileSync(new URL("taskpane.html", dist), "utf8");
const entries = [...html.matchAll(/(?:src|href)="\/app\/(assets\/[^"]+\.js)"/g)].map(([, file]) => file);
const files = entries.reduce((seen, file) => imported(file, seen), new Set());
const bytes = [...files].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist))).length, 0);
const hasReact = [...files].some((file) => /react-dom|createRoot/.test(readFileSync(new URL(file, dist), "utf8")));

console.log(`boot: ${(bytes / 1024).toFixed(1)} KB gzipped in ${files.size} files`);
if (!files.size) throw new Error("taskpane.html loads no script.");
if (hasReact) throw new Error("React is in the boot chunk; load the pane lazily.");
if (bytes > LIMIT) throw new Error(`The boot chunk is larger than ${LIMIT / 1024} KB.`);
