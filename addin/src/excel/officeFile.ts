// The open workbook as the bytes of a file, through the common API of Office.

const SLICE = 4 * 1024 * 1024;

function call<T>(start: (done: (result: Office.AsyncResult<T>) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    start((result) => {
      if (result.status === Office.AsyncResultStatus.Failed) reject(new Error(result.error.message));
      else resolve(result.value);
    });
  });
}

async function slices(file: Office.File): Promise<Uint8Array<ArrayBuffer>[]> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let index = 0; index < file.sliceCount; index += 1) {
    const slice = await call<Office.Slice>((done) => file.getSliceAsync(index, done));
    parts.push(new Uint8Array(slice.data as number[]));
  }
  return parts;
}

/**
 * The workbook with its unsaved changes, or null where the host cannot give it: Excel on the web lists no such format
 * officially and fails under some storage providers, iPad has none.
 */
export async function readOfficeFile(): Promise<Blob | null> {
  if (typeof Office.context.document?.getFileAsync !== "function") return null;
  try {
    const file = await call<Office.File>((done) =>
      Office.context.document.getFileAsync(Office.FileType.Compressed, { sliceSize: SLICE }, done));
    try {
      const bytes = new Blob(await slices(file));
      return bytes.size > 0 ? bytes : null;
    } finally {
      // Only two files may be open at a time; one that is not closed blocks the next run.
      await call<void>((done) => file.closeAsync(done)).catch(() => undefined);
    }
  } catch {
    return null;
  }
}

/** The name of the open file, or a plain one for a book that was never saved. */
export function officeFileName(): string {
  const url = Office.context.document?.url ?? "";
  const last = url.split(/[\\/]/).at(-1)?.split("?")[0] ?? "";
  return /\.xls[xm]$/i.test(last) ? safeDecode(last) : "Workbook.xlsx";
}

function safeDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
