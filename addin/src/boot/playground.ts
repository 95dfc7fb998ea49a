// The playground: the same pane beside a spreadsheet in the browser.

const element = document.getElementById("playground") as HTMLElement;

import("../playground/mount").then(
  ({ mountPlayground }) => mountPlayground(element),
  () => { element.textContent = "The playground could not be loaded. Reload the page to try again."; },
).catch(() => { element.textContent = "This browser cannot run the spreadsheet engine (WebAssembly)."; });
