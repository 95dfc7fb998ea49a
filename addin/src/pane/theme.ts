import {
  createDarkTheme, createLightTheme, teamsHighContrastTheme, type BrandVariants, type Theme,
} from "@fluentui/react-components";
import { useSyncExternalStore } from "react";

// A deep teal: apart from Excel's green and from the blue of links.
const BRAND: BrandVariants = {
  10: "#010506", 20: "#041a1e", 30: "#032c33", 40: "#033a43", 50: "#054953", 60: "#075864", 70: "#0a6876", 80: "#0e7888",
  90: "#2b8897", 100: "#4497a5", 110: "#5ca6b3", 120: "#74b5c0", 130: "#8cc4cd", 140: "#a5d3da", 150: "#bee1e7", 160: "#d9eff3",
};

const light: Theme = createLightTheme(BRAND);
const dark: Theme = {
  ...createDarkTheme(BRAND),
  colorBrandForeground1: BRAND[120],
  colorBrandForeground2: BRAND[130],
  colorBrandForegroundLink: BRAND[120],
  colorBrandStroke1: BRAND[110],
};

const DARK = "(prefers-color-scheme: dark)";
const FORCED = "(forced-colors: active)";

function listen(changed: () => void): () => void {
  const queries = [matchMedia(DARK), matchMedia(FORCED)];
  for (const query of queries) query.addEventListener("change", changed);
  return () => queries.forEach((query) => query.removeEventListener("change", changed));
}

/** Office tells its theme by the colour behind the pane; browsers by a media query. */
function officeIsDark(): boolean | null {
  const color = typeof Office === "undefined" ? undefined : Office.context?.officeTheme?.bodyBackgroundColor;
  const match = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color ?? "");
  if (!match) return null;
  const [red = 0, green = 0, blue = 0] = match.slice(1).map((part) => Number.parseInt(part, 16));
  return red * 0.299 + green * 0.587 + blue * 0.114 < 128;
}

function scheme(): "light" | "dark" | "forced" {
  if (matchMedia(FORCED).matches) return "forced";
  return (officeIsDark() ?? matchMedia(DARK).matches) ? "dark" : "light";
}

/** The theme of the host or the browser, live. */
export function useTheme(): { theme: Theme; scheme: "light" | "dark" | "forced" } {
  const current = useSyncExternalStore(listen, scheme);
  return { theme: { light, dark, forced: teamsHighContrastTheme }[current], scheme: current };
}
