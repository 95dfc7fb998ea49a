// A small typed client of the HTTP API. Every failure is an ApiError whose message a person can read.

import type { WorkbookSource } from "../excel/host";
import type {
  Analysis, AnalysisResult, DependenceFitAnswer, DependenceFitRequest, ElicitationAnswer, ElicitationRequest, FitAnswer, FitRequest, LawDescription,
  MatrixCheck, ModelDescription, Preview, PreviewRequest, Problem, ResultSummary, SeriesFitAnswer, SeriesFitRequest, Simulation, SpecRequest, StoredWorkbook, WorkbookCells,
} from "./messages";
import type { Convention, DetailSection, ResultDetails } from "./details";
import { readEvents, type ServerEvent } from "./events";

export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title);
  }
}

const UNREACHABLE: Problem = {
  type: "about:blank",
  title: "Server not reachable",
  status: 0,
  detail: "The Montecell server does not answer. Check that it is running and try again.",
  code: "server.unreachable",
};

async function problemOf(response: Response): Promise<Problem> {
  const fallback: Problem = {
    type: "about:blank",
    title: response.statusText || "Request failed",
    status: response.status,
    detail: `The server answered with status ${response.status}.`,
    code: "server.error",
  };
  if (!(response.headers.get("content-type") ?? "").includes("json")) return fallback;
  const body = (await response.json().catch(() => ({}))) as Partial<Problem>;
  return { ...fallback, ...body, detail: typeof body.detail === "string" ? body.detail : (body.title ?? fallback.detail) };
}

function unwrapped<T>(body: unknown): readonly T[] {
  if (Array.isArray(body)) return body as T[];
  return ((body as { items?: T[] }).items ?? []) as readonly T[];
}

export class ApiClient {
  constructor(private readonly base: string = "/api/v1") {}

  url(path: string): string {
    return `${this.base}${path}`;
  }

  /** Sends a request; @throws ApiError for every answer that is no success, and when there is none. */
  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const response = await fetch(this.url(path), init).catch((error: unknown) => {
      if (init.signal?.aborted) throw error;
      throw new ApiError(UNREACHABLE);
    });
    if (!response.ok) throw new ApiError(await problemOf(response));
    return response;
  }

  private async json<T>(path: string, init: RequestInit = {}): Promise<T> {
    return (await (await this.request(path, init)).json()) as T;
  }

  private post<T>(path: string, body: unknown, init: RequestInit = {}): Promise<T> {
    const headers = { "Content-Type": "application/json", ...(init.headers as Record<string, string> | undefined) };
    return this.json<T>(path, { ...init, method: "POST", headers, body: JSON.stringify(body) });
  }

  /** Uploads the workbook by the way its source names. */
  storeWorkbook(source: WorkbookSource, signal?: AbortSignal): Promise<StoredWorkbook> {
    const init: RequestInit = signal ? { signal } : {};
    if (source.kind === "snapshot") return this.post("/workbooks", source.snapshot, init);
    if (source.kind === "stored") {
      if (!source.edits.length && !source.newSheets.length) return this.json(`/workbooks/${source.workbookId}`, init);
      const body = { edits: source.edits, new_sheets: source.newSheets };
      return this.post(`/workbooks/${source.workbookId}/edits`, body, init);
    }
    const headers = { "Content-Type": "application/octet-stream", "X-File-Name": encodeURIComponent(source.fileName) };
    return this.json("/workbooks", { ...init, method: "POST", headers, body: source.bytes });
  }

  cells(workbookId: string): Promise<WorkbookCells> {
    return this.json(`/workbooks/${workbookId}/cells`);
  }

  model(workbookId: string): Promise<ModelDescription> {
    return this.json(`/workbooks/${workbookId}/model`);
  }

  async file(workbookId: string): Promise<Blob> {
    return (await this.request(`/workbooks/${workbookId}/file`)).blob();
  }

  async laws(): Promise<readonly LawDescription[]> {
    return unwrapped<LawDescription>(await this.json("/distributions"));
  }

  preview(request: PreviewRequest, signal?: AbortSignal): Promise<Preview> {
    return this.post("/distributions/preview", request, signal ? { signal } : {});
  }

  checkMatrix(matrix: readonly (readonly (number | null)[])[], signal?: AbortSignal): Promise<MatrixCheck> {
    return this.post("/distributions/correlations", { matrix }, signal ? { signal } : {});
  }

  /** Sections of a finished run's details. `fan` names ranges of outputs. */
  details(id: string, sections: readonly DetailSection[], convention: Convention = "atrisk", fan: readonly string[] = [], signal?: AbortSignal): Promise<ResultDetails> {
    const query = new URLSearchParams([["include", sections.join(",")], ["convention", convention], ...fan.map((range) => ["fan", range])]);
    return this.json(`/simulations/${id}/results?${query.toString()}`, signal ? { signal } : {});
  }

  /** Asks for a run. The key makes a repeated request harmless. */
  simulate(workbookId: string, spec: SpecRequest, idempotencyKey: string): Promise<Simulation> {
    const headers = { "Idempotency-Key": idempotencyKey };
    return this.post("/simulations", { workbook_id: workbookId, spec }, { headers });
  }

  /** Asks for a stress test, a goal seek or a sensitivity analysis: a job that is followed and cancelled as a simulation. */
  analyse(workbookId: string, spec: SpecRequest, analysis: Analysis, idempotencyKey: string): Promise<Simulation> {
    const headers = { "Idempotency-Key": idempotencyKey };
    return this.post("/analyses", { workbook_id: workbookId, spec, analysis }, { headers });
  }

  analysisResult(id: string): Promise<AnalysisResult> {
    return this.json(`/simulations/${id}/results?format=json`);
  }

  fit(request: FitRequest, signal?: AbortSignal): Promise<FitAnswer> {
    return this.post("/fits", request, signal ? { signal } : {});
  }

  fitSeries(request: SeriesFitRequest, signal?: AbortSignal): Promise<SeriesFitAnswer> {
    return this.post("/fits/series", request, signal ? { signal } : {});
  }

  fitDependence(request: DependenceFitRequest, signal?: AbortSignal): Promise<DependenceFitAnswer> {
    return this.post("/fits/dependence", request, signal ? { signal } : {});
  }

  elicit(request: ElicitationRequest, signal?: AbortSignal): Promise<ElicitationAnswer> {
    return this.post("/elicitations", request, signal ? { signal } : {});
  }

  simulation(id: string, signal?: AbortSignal): Promise<Simulation> {
    return this.json(`/simulations/${id}`, signal ? { signal } : {});
  }

  async cancel(id: string): Promise<void> {
    await this.request(`/simulations/${id}`, { method: "DELETE" });
  }

  results(id: string): Promise<ResultSummary> {
    return this.json(`/simulations/${id}/results?format=json`);
  }

  resultsUrl(id: string, format: "csv" | "xlsx"): string {
    return this.url(`/simulations/${id}/results?format=${format}`);
  }

  async resultsFile(id: string, format: "csv" | "xlsx"): Promise<{ name: string; content: Blob }> {
    const response = await this.request(`/simulations/${id}/results?format=${format}`);
    const name = fileNameOf(response.headers.get("content-disposition")) ?? `Montecell results.${format}`;
    return { name, content: await response.blob() };
  }

  async *events(id: string, lastEventId: string | null, signal: AbortSignal): AsyncGenerator<ServerEvent> {
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (lastEventId !== null) headers["Last-Event-ID"] = lastEventId;
    const response = await this.request(`/simulations/${id}/events`, { headers, signal });
    if (response.body) yield* readEvents(response.body);
  }
}

/** The file name of a Content-Disposition header (RFC 6266), the encoded form first. */
export function fileNameOf(header: string | null): string | null {
  const encoded = /filename\*\s*=\s*UTF-8''([^;]+)/i.exec(header ?? "")?.[1];
  if (encoded) return decodeURIComponent(encoded.trim());
  return /filename\s*=\s*"?([^";]+)"?/i.exec(header ?? "")?.[1] ?? null;
}
