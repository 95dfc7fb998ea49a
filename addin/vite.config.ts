import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const page = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  base: "/app/",
  build: {
    outDir: "dist",
    target: "es2022",
    // WebViews of Office know modulepreload; the polyfill would only weigh on every workbook open.
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { taskpane: page("taskpane.html"), playground: page("playground.html") },
      // "use client" speaks to server renderers; there is none here.
      onwarn: (warning, warn) => { if (warning.code !== "MODULE_LEVEL_DIRECTIVE") warn(warning); },
    },
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { "/api": "http://127.0.0.1:8000" } },
  test: { include: ["tests/**/*.test.ts", "tests/**/*.test.tsx"], environment: "node", testTimeout: 60_000 },
});
