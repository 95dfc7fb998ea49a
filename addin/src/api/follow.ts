// Following a run to its end: the event stream first, with resumption after a lost connection, then polling.

import { ApiError, type ApiClient } from "./client";
import type { Progress, Simulation } from "./messages";

const RECONNECTS = 5;
const LONGEST_PAUSE = 5_000;

type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>;
type Source = Pick<ApiClient, "events" | "simulation">;

const isOver = (simulation: Simulation): boolean => !["queued", "running"].includes(simulation.status);

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => { clearTimeout(timer); reject(signal.reason as Error); }, { once: true });
  });
}

class Follower {
  private lastEventId: string | null = null;
  private failures = 0;

  constructor(
    private readonly api: Source,
    private readonly id: string,
    private readonly onProgress: (progress: Progress) => void,
    private readonly signal: AbortSignal,
    private readonly wait: Pause,
  ) {}

  async run(): Promise<Simulation> {
    while (this.failures < RECONNECTS) {
      const ended = await this.stream().catch((error: unknown) => this.tolerate(error));
      if (ended) return ended;
      this.failures += 1;
      await this.wait(Math.min(250 * 2 ** this.failures, LONGEST_PAUSE), this.signal);
    }
    return this.poll();
  }

  private async stream(): Promise<Simulation | null> {
    for await (const event of this.api.events(this.id, this.lastEventId, this.signal)) {
      this.lastEventId = event.id ?? this.lastEventId;
      this.failures = 0;
      if (event.event === "progress") this.onProgress(JSON.parse(event.data) as Progress);
      else if (["succeeded", "failed", "cancelled"].includes(event.event)) return JSON.parse(event.data) as Simulation;
    }
    return null;
  }

  // A run that the server does not know is no matter of the connection.
  private tolerate(error: unknown): null {
    const known = error instanceof ApiError && error.problem.status >= 400 && error.problem.status < 500;
    if (this.signal.aborted || known) throw error;
    return null;
  }

  private async poll(): Promise<Simulation> {
    let lost = 0;
    for (;;) {
      const simulation = await this.api.simulation(this.id, this.signal).catch((error: unknown) => {
        lost += 1;
        if (lost > RECONNECTS) throw error;
        return this.tolerate(error);
      });
      if (simulation) lost = 0;
      if (simulation?.progress) this.onProgress(simulation.progress);
      if (simulation && isOver(simulation)) return simulation;
      await this.wait(1_000, this.signal);
    }
  }
}

/** The simulation in its final state. @throws ApiError when the server is lost for good, the signal's reason when aborted. */
export function followSimulation(
  api: Source,
  id: string,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
  wait: Pause = pause,
): Promise<Simulation> {
  return new Follower(api, id, onProgress, signal, wait).run();
}
