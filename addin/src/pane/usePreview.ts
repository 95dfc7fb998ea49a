import { useEffect, useState } from "react";
import { ApiError } from "../api/client";
import type { Preview } from "../api/messages";
import type { LawName, Parameter } from "../functions/staticValue";
import { useSession } from "./hooks";
import { complaint, readField, takesLists, valueOf } from "./parameters";
import type { Session } from "./session";

/** `unknown`: a parameter is a formula that only the sheet can evaluate. `refused`: the law does not exist there. */
export interface PreviewState {
  readonly state: "loading" | "shown" | "unknown" | "refused" | "idle";
  readonly preview: Preview | null;
  readonly detail: string | null;
}

const PAUSE = 180;

async function parameters(session: Session, law: LawName, texts: readonly string[], sheet: string): Promise<Parameter[] | null> {
  const isList = takesLists(law);
  const values = await Promise.all(texts.map((text) => valueOf(session.host, readField(text, isList, sheet), isList)));
  return values.every((value) => value !== null) ? values : null;
}

async function load(session: Session, law: LawName, texts: readonly string[], sheet: string, signal: AbortSignal): Promise<Partial<PreviewState>> {
  if (texts.some((text) => readField(text, takesLists(law), sheet).kind === "invalid")) return { state: "idle", detail: null };
  const values = await parameters(session, law, texts, sheet);
  if (!values) return { state: "unknown", detail: null };
  const problem = complaint(law, values);
  if (problem) return { state: "refused", preview: null, detail: problem };
  const preview = await session.api.preview(law, values, signal);
  return { state: "shown", preview, detail: null };
}

/** The curve of a law for the texts in its fields, a moment after the last change. */
export function usePreview(law: LawName, texts: readonly string[], sheet: string): PreviewState {
  const { session } = useSession();
  const [current, setCurrent] = useState<PreviewState & { law: LawName }>({ law, state: "loading", preview: null, detail: null });
  const key = JSON.stringify([law, texts]);
  useEffect(() => {
    const control = new AbortController();
    const timer = setTimeout(() => {
      setCurrent((old) => ({ ...old, law, preview: old.law === law ? old.preview : null, state: "loading" }));
      load(session, law, texts, sheet, control.signal).then(
        (next) => { if (!control.signal.aborted) setCurrent((old) => ({ ...old, ...next })); },
        (error: unknown) => {
          if (control.signal.aborted) return;
          const refused = error instanceof ApiError && error.problem.status === 422;
          setCurrent((old) => ({ ...old, state: refused ? "refused" : "idle", preview: null, detail: refused ? error.message : null }));
        },
      );
    }, PAUSE);
    return () => { clearTimeout(timer); control.abort(); };
    // The texts are compared by their content, which the key holds.
  }, [key, session, sheet]);
  return current;
}
