import { createRoot } from "react-dom/client";
import { App } from "./App";
import type { Session } from "./session";

/** Renders the pane. Loaded lazily: the shared runtime of Excel starts without it. */
export function mountPane(element: HTMLElement, session: Session): void {
  element.replaceChildren();
  createRoot(element).render(<App session={session} />);
}
