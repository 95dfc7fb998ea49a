// The actions of ribbon, context menu and shortcuts. Their ids stand in the manifests.

import type { Session } from "../pane/session";

type Action = (session: Session) => Promise<void> | void;

async function showPane(): Promise<void> {
  // Excel without shared runtimes opens the pane by the button itself.
  await Office.addin?.showAsTaskpane?.().catch(() => undefined);
}

export const ACTIONS: Readonly<Record<string, Action>> = {
  openPane: () => showPane(),
  defineDistribution: async (session) => {
    await showPane();
    await session.defineDistribution();
  },
  addOutput: async (session) => {
    await showPane();
    await session.addOutput();
  },
  simulate: async (session) => {
    await showPane();
    // Excel waits for the command to complete; a run may take minutes and goes on by itself.
    void session.runs.simulate();
  },
  stop: (session) => session.runs.stop(),
  showResults: async (session) => {
    await showPane();
    session.showTab("results");
  },
  writeResults: async (session) => {
    await showPane();
    // Without results the tab says how to get some.
    session.showTab("results");
    await session.runs.writeSheet();
  },
  openHelp: () => {
    const url = new URL("/app/help.html", location.href).href;
    // Desktop web views open no windows of their own.
    if (Office.context.requirements.isSetSupported("OpenBrowserWindowApi", "1.1")) Office.context.ui.openBrowserWindow(url);
    else window.open(url, "_blank", "noopener");
  },
};

/** Gives Office the code of the commands. */
export function associateCommands(session: Session): void {
  for (const [id, action] of Object.entries(ACTIONS)) {
    Office.actions.associate(id, async (event?: Office.AddinCommands.Event) => {
      try {
        await action(session);
      } finally {
        // Shortcuts pass no event.
        event?.completed?.();
      }
    });
  }
}
