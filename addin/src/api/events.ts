// Server-sent events over fetch: EventSource cannot be aborted by a signal nor told where to resume.

export interface ServerEvent {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

class EventParser {
  private buffer = "";
  private id: string | null = null;
  private event = "";
  private data: string[] = [];

  /** Takes the next piece of the stream and returns the events that it completes. */
  push(text: string): ServerEvent[] {
    this.buffer += text;
    const events: ServerEvent[] = [];
    let match: RegExpExecArray | null;
    // A carriage return at the very end may be half of a line end: it waits for the next piece.
    while ((match = /\r\n|\n|\r(?!$)/.exec(this.buffer))) {
      const line = this.buffer.slice(0, match.index);
      this.buffer = this.buffer.slice(match.index + match[0].length);
      const event = this.line(line);
      if (event) events.push(event);
    }
    return events;
  }

  private line(line: string): ServerEvent | null {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return null;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "id") this.id = value;
    else if (field === "event") this.event = value;
    else if (field === "data") this.data.push(value);
    return null;
  }

  private dispatch(): ServerEvent | null {
    const event = this.data.length ? { id: this.id, event: this.event || "message", data: this.data.join("\n") } : null;
    this.event = "";
    this.data = [];
    return event;
  }
}

/** The events of a stream in the format of the HTML standard (section 9.2), in order, as they arrive. */
export async function* readEvents(stream: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const parser = new EventParser();
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
