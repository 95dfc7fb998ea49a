import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ApiClient, ApiError, fileNameOf } from "../src/api/client";
import { readEvents, type ServerEvent } from "../src/api/events";
import { followSimulation } from "../src/api/follow";
import type { Progress } from "../src/api/messages";

async function parse(text: string, cuts: readonly number[] = []): Promise<ServerEvent[]> {
  const bytes = new TextEncoder().encode(text);
  const edges = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let index = 1; index < edges.length; index += 1) controller.enqueue(bytes.slice(edges[index - 1], edges[index]));
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of readEvents(stream)) events.push(event);
  return events;
}

describe("event stream", () => {
  test.each<[string, ServerEvent[]]>([
    ["id: 1\nevent: progress\ndata: {}\n\n", [{ id: "1", event: "progress", data: "{}" }]],
    [": keep-alive\n\ndata: a\ndata: b\n\n", [{ id: null, event: "message", data: "a\nb" }]],
    ["id:7\r\ndata:x\r\n\r\ndata:y\r\n\r\n", [{ id: "7", event: "message", data: "x" }, { id: "7", event: "message", data: "y" }]],
    ["data: unfinished\n", []],
    ["event: nothing\n\n", []],
    ["data\n\n", [{ id: null, event: "message", data: "" }]],
  ])("%j", async (text, expected) => expect(await parse(text)).toEqual(expected));

  test("does not depend on how the bytes are cut", async () => {
    const text = "id: 1\r\nevent: progress\r\ndata: {\"größe\": 1}\r\n\r\n: hi\n\nid: 2\ndata: b\n\n";
    const whole = await parse(text);
    expect(whole).toHaveLength(2);
    await fc.assert(fc.asyncProperty(fc.array(fc.nat(100), { maxLength: 12 }), async (cuts) => {
      expect(await parse(text, cuts)).toEqual(whole);
    }));
  });
});

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
let server: Server;
let base: string;
let handle: Handler;

beforeAll(async () => {
  server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const json = (response: ServerResponse, status: number, body: unknown, type = "application/json"): void => {
  response.writeHead(status, { "Content-Type": type }).end(JSON.stringify(body));
};

describe("client", () => {
  test("problem documents become errors with their code and cells", async () => {
    handle = (_, response) => json(response, 422, { type: "about:blank", title: "No inputs", status: 422, detail: "Mark an input.", code: "model.no_inputs", cells: ["Sheet1!A1"] }, "application/problem+json");
    const error = await new ApiClient(base).model("w1").catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ message: "Mark an input.", problem: { code: "model.no_inputs", cells: ["Sheet1!A1"], status: 422 } });
  });
  test("answers that are no problem documents are errors too", async () => {
    handle = (_, response) => response.writeHead(502, { "Content-Type": "text/html" }).end("<html>");
    await expect(new ApiClient(base).model("w1")).rejects.toMatchObject({ problem: { status: 502, code: "server.error" } });
  });
  test("a server that does not answer is named", async () => {
    await expect(new ApiClient("http://127.0.0.1:1/api/v1").laws()).rejects.toMatchObject({ problem: { code: "server.unreachable" } });
  });
  test("a file goes as bytes with its name", async () => {
    let seen: unknown;
    handle = (request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part)).on("end", () => {
        seen = [request.method, request.url, request.headers["x-file-name"], Buffer.concat(parts).toString()];
        json(response, 201, { id: "w1" });
      });
    };
    await new ApiClient(base).storeWorkbook({ kind: "file", bytes: new Blob(["PK"]), fileName: "Größe 1.xlsx" });
    expect(seen).toEqual(["POST", "/api/v1/workbooks", "Gr%C3%B6%C3%9Fe%201.xlsx", "PK"]);
  });
  test("an unchanged stored workbook is only looked up", async () => {
    let seen = "";
    handle = (request, response) => { seen = `${request.method} ${request.url}`; json(response, 200, { id: "w1" }); };
    await new ApiClient(base).storeWorkbook({ kind: "stored", workbookId: "w1", edits: [], newSheets: [] });
    expect(seen).toBe("GET /api/v1/workbooks/w1");
    await new ApiClient(base).storeWorkbook({ kind: "stored", workbookId: "w1", edits: [{ sheet: "S", cell: "A1", input: 1 }], newSheets: [] });
    expect(seen).toBe("POST /api/v1/workbooks/w1/edits");
  });
  test.each([
    ["attachment; filename=\"a b.xlsx\"", "a b.xlsx"], ["attachment; filename=\"x\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe.xlsx", "Größe.xlsx"], [null, null], ["inline", null],
  ])("file name of %s", (header, expected) => expect(fileNameOf(header)).toBe(expected));
});

const progress = (done: number): Progress => ({ stage: "simulating", done, total: 10, seconds: done });
const event = (id: number, name: string, data: unknown): string => `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
const finished = { id: "s1", status: "succeeded" };

describe("following a run", () => {
  const seen: number[] = [];
  const requests: string[] = [];
  const follow = (signal = new AbortController().signal): Promise<unknown> =>
    followSimulation(new ApiClient(base), "s1", (p) => seen.push(p.done), signal, () => Promise.resolve());
  beforeEach(() => { seen.length = 0; requests.length = 0; });

  test("resumes a broken stream after the last event", async () => {
    handle = (request, response) => {
      const last = request.headers["last-event-id"];
      requests.push(String(last));
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      if (last === undefined) response.write(event(1, "progress", progress(3)), () => response.destroy());
      else response.end(event(2, "progress", progress(10)) + event(3, "succeeded", finished));
    };
    expect(await follow()).toEqual(finished);
    expect(seen).toEqual([3, 10]);
    expect(requests).toEqual(["undefined", "1"]);
  });
  test("polls where streams do not pass", async () => {
    let polls = 0;
    handle = (request, response) => {
      if (request.url?.endsWith("/events")) return void response.writeHead(200, { "Content-Type": "text/event-stream" }).end();
      polls += 1;
      return json(response, 200, polls < 3 ? { id: "s1", status: "running", progress: progress(polls) } : finished);
    };
    expect(await follow()).toEqual(finished);
    expect(seen).toEqual([1, 2]);
  });
  test("a run that the server does not know is an error at once", async () => {
    handle = (_, response) => { requests.push("asked"); json(response, 404, { status: 404, title: "Not found", detail: "No such run.", code: "simulation.not_found", type: "about:blank" }, "application/problem+json"); };
    await expect(follow()).rejects.toMatchObject({ problem: { code: "simulation.not_found" } });
    expect(requests).toHaveLength(1);
  });
  test("stops when it is told to", async () => {
    const control = new AbortController();
    handle = (_, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write(event(1, "progress", progress(1)), () => control.abort());
    };
    await expect(follow(control.signal)).rejects.toThrow();
  });
});
