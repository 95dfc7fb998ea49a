// The shared runtime: starts with the workbook, without React. Functions and commands are ready at once, the pane comes when
// it is first seen.

import { ApiClient } from "../api/client";
import { associateCommands } from "../commands/commands";
import { OfficeHost } from "../excel/officeHost";
import { associateFunctions } from "../functions/associate";
import { Session } from "../pane/session";
import { showOutside } from "./outside";

const element = document.getElementById("pane") as HTMLElement;

function whenSeen(target: Element, seen: () => void): void {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    seen();
  });
  observer.observe(target);
}

function start(): void {
  const session = new Session(new OfficeHost(), new ApiClient());
  associateFunctions();
  associateCommands(session);
  session.start();
  whenSeen(element, () => {
    import("../pane/mount").then(
      ({ mountPane }) => {
        element.className = "";
        mountPane(element, session);
      },
      () => { element.textContent = "The pane could not be loaded. Close it and open it again."; },
    );
  });
}

if (typeof Office === "undefined") showOutside(element);
else void Office.onReady().then(({ host }) => (host === Office.HostType?.Excel ? start() : showOutside(element)));
