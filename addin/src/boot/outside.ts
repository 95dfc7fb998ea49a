/** What a person sees who opens the pane's page outside Excel. */
export function showOutside(element: HTMLElement): void {
  const box = document.createElement("main");
  box.className = "mc-outside";
  const heading = document.createElement("h1");
  heading.textContent = "Montecell lives in Excel";
  const text = document.createElement("p");
  text.textContent = "Open this page as an add-in: in Excel choose Montecell on the ribbon. Without Excel, the playground has the same pane beside a spreadsheet in the browser.";
  const link = document.createElement("a");
  link.href = "/playground";
  link.textContent = "Open the playground";
  box.append(heading, text, link);
  element.replaceChildren(box);
}
