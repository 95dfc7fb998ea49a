import { useEffect, useState } from "react";
import type { Convention, DetailSection, ResultDetails } from "../api/details";
import { useSession } from "./hooks";
import { problemFrom } from "./session";

export interface DetailsState {
  readonly details: ResultDetails | null;
  readonly problem: string | null;
}

const EMPTY: DetailsState = { details: null, problem: null };

/** Sections of the shown run's details; the last answer stays until the next one is there. */
export function useDetails(sections: readonly DetailSection[], convention: Convention = "atrisk", fan: readonly string[] = []): DetailsState {
  const { session, state } = useSession();
  const [found, setFound] = useState(EMPTY);
  const id = state.resultsId;
  const key = JSON.stringify([id, sections, convention, fan]);
  useEffect(() => {
    if (!id || !sections.length) return undefined;
    const control = new AbortController();
    session.api.details(id, sections, convention, fan, control.signal).then(
      (details) => setFound({ details, problem: null }),
      (error: unknown) => { if (!control.signal.aborted) setFound({ details: null, problem: problemFrom(error).detail }); },
    );
    return () => control.abort();
    // What is asked for is compared by its content, which the key holds.
  }, [key, session]);
  return found;
}
