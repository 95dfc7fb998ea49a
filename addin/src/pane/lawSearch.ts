// Finding a law by what a person types: its name, title, group or a word of its summary.

import type { LawDescription } from "../api/messages";

type Searched = Pick<LawDescription, "law" | "title" | "group" | "summary">;

function rank({ law, title, group, summary }: Searched, words: readonly string[]): number | null {
  const names = [law.toLowerCase(), title.toLowerCase()];
  const [first = ""] = words;
  const rest = `${names.join(" ")} ${group} ${summary}`.toLowerCase();
  if (!words.every((word) => rest.includes(word))) return null;
  if (names.includes(words.join(" "))) return 0;
  if (names.some((name) => name.startsWith(first))) return 1;
  return names.some((name) => name.includes(first)) ? 2 : 3;
}

/** The laws that fit, names that begin so first, otherwise in their own order; all of them for no text. */
export function searchLaws<T extends Searched>(laws: readonly T[], text: string): T[] {
  const words = text.toLowerCase().replace(/^=?mc\./, "").split(/\s+/).filter(Boolean);
  if (!words.length) return [...laws];
  const ranked = laws.flatMap((law) => {
    const place = rank(law, words);
    return place === null ? [] : [{ law, place }];
  });
  return ranked.sort((a, b) => a.place - b.place).map(({ law }) => law);
}
