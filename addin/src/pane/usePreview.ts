import { useEffect, useState } from "react";
import { ApiError } from "../api/client";
import type { Preview } from "../api/messages";
import { previewRequest, problemsOf, Refused, type Draft } from "./draft";
import { useSession } from "./hooks";
import type { Session } from "./session";

/** `unknown`: a parameter is a formula that only the sheet can evaluate. `refused`: the law does not exist there. */
export interface PreviewState {
  readonly state: "loading" | "shown" | "unknown" | "refused" | "idle";
  readonly preview: Preview | null;
  readonly detail: string | null;
}

const PAUSE = 180;

async function load(session: Session, draft: Draft, sheet: string, signal: AbortSignal): Promise<Partial<PreviewState>> {
  if (problemsOf(draft, sheet).length) return { state: "idle", detail: null };
  const request = await previewRequest(session.host, draft, sheet);
  if (!request) return { state: "unknown", detail: null };
  return { state: "shown", preview: await session.api.preview(request, signal), detail: null };
}

function failed(error: unknown): Partial<PreviewState> {
  const refused = error instanceof Refused || (error instanceof ApiError && error.problem.status === 422);
  return { state: refused ? "refused" : "idle", preview: null, detail: refused ? (error as Error).message : null };
}

/** The curve of a law for the texts in its fields, a moment after the last change. */
export function usePreview(draft: Draft, sheet: string): PreviewState {
  const { session } = useSession();
  const { law } = draft;
  const [current, setCurrent] = useState<PreviewState & { law: string }>({ law, state: "loading", preview: null, detail: null });
  const key = JSON.stringify([law, draft.form, draft.texts, draft.pairs, draft.limits, draft.shift]);
  useEffect(() => {
    const control = new AbortController();
    const timer = setTimeout(() => {
      setCurrent((old) => ({ ...old, law, preview: old.law === law ? old.preview : null, state: "loading" }));
      load(session, draft, sheet, control.signal).catch(failed).then((next) => {
        if (!control.signal.aborted) setCurrent((old) => ({ ...old, ...next }));
      }, () => undefined);
    }, PAUSE);
    return () => { clearTimeout(timer); control.abort(); };
    // The texts are compared by their content, which the key holds.
  }, [key, session, sheet]);
  return current;
}
