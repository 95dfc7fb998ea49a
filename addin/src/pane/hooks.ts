import { createContext, useContext, useSyncExternalStore } from "react";
import type { Session } from "./session";
import type { PaneState } from "./state";

export const SessionContext = createContext<Session | null>(null);

/** The session of this pane, and its state as it changes. */
export function useSession(): { session: Session; state: PaneState } {
  const session = useContext(SessionContext);
  if (!session) throw new Error("The pane is rendered outside its session.");
  const state = useSyncExternalStore(session.store.subscribe, () => session.store.state);
  return { session, state };
}
