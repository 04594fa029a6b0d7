// Server-sent events (WHATWG HTML, 9.2) over fetch: an EventSource can send no token, and ends on any failure.

import { Failed } from "./failure.js";

export interface ServerEvent {
  id: string | null;
  event: string;
  data: string;
}

const TRIES = 10;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const NO_CONTENT = 204;

/** The events of one answer, in order, until it ends. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let seen: string | null = null;
  let event = "";
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return; // an event without its blank line is not whole
      const [first = "", ...others] = decoder.decode(value, { stream: true }).split("\n");
      const lines = [rest + first, ...others];
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "") {
          if (data.length > 0) yield { id: seen, event: event || "message", data: data.join("\n") };
          event = "";
          data = [];
          continue;
        }
        const colon = line.indexOf(":");
        const field = colon < 0 ? line : line.slice(0, colon);
        const text = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
        if (field === "data") data.push(text);
        else if (field === "event") event = text;
        else if (field === "id") seen = text;
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * Events over as many connections as it takes: one that breaks is opened again behind the last event that was seen.
 *
 * @param open Asks for the events behind one of them; throws what the service refuses.
 * @param isLast Whether nothing can follow an event.
 * @throws Failed What the service refuses, unless it is worth to ask again.
 * @throws Error When it could not be reached ten times in a row.
 */
export async function* followed(
  open: (after: string | null) => Promise<Response>,
  isLast: (event: ServerEvent) => boolean,
  signal?: AbortSignal,
): AsyncGenerator<ServerEvent, void, undefined> {
  let after: string | null = null;
  for (let tries = 0; ; tries += 1) {
    try {
      const response = await open(after);
      if (response.status === NO_CONTENT || response.body === null) return;
      for await (const event of eventsOf(response.body)) {
        tries = 0;
        after = event.id ?? after;
        yield event;
        if (isLast(event)) return;
      }
    } catch (error) {
      if (signal?.aborted || tries >= TRIES || (error instanceof Failed && !error.retryable)) throw error;
    }
    await pause(Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS), signal);
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
  });
}
