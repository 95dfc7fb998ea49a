// Builds the host's page into dist/, with the tools of addin/. Run by the browser tests.

import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const { resolve } = createRequire(new URL("../../addin/package.json", import.meta.url));
const { build } = await import(resolve("vite"));

await build({ root: here, base: "/excel-host/", configFile: false, logLevel: "warn", build: { outDir: "dist", target: "es2022", chunkSizeWarningLimit: 900 } });
