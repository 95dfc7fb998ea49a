import { createRoot } from "react-dom/client";
import { ApiClient } from "../api/client";
import { GridHost } from "../excel/gridHost";
import { Session } from "../pane/session";
import { Playground } from "./Playground";
import { exampleBook } from "./workbench";

/** Starts the playground with its example. */
export async function mountPlayground(element: HTMLElement): Promise<void> {
  const host = new GridHost(await exampleBook());
  const api = new ApiClient();
  const session = new Session(host, api);
  session.start();
  element.className = "";
  element.replaceChildren();
  createRoot(element).render(<Playground session={session} host={host} api={api} />);
}
