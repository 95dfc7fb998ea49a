/** Offers a file to the person as a download of the browser. */
export function saveInBrowser(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  // Some browsers start reading only after this task has ended.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
