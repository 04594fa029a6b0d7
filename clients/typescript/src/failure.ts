// Failures by name: every answer that is not a success is a problem document with a code, a hint and `retryable`.

import type { components } from "./generated.js";

export type Problem = components["schemas"]["Problem"];
export type FailureCode = components["schemas"]["FailureCode"];

/** What the service refused or could not do. `code` is one of the names that `GET /v1/failures` lists. */
export class Failed extends Error {
  override readonly name = "Failed";

  /**
   * @param problem What the service said.
   * @param retryAfterS Seconds after which it is worth to come back, where it told them.
   */
  constructor(
    readonly problem: Problem,
    readonly retryAfterS: number | null,
  ) {
    super(`${problem.code}: ${problem.detail}${problem.hint ? ` (${problem.hint})` : ""}`);
  }

  get code(): FailureCode {
    return this.problem.code;
  }

  /** Whether the same request may succeed later. */
  get retryable(): boolean {
    return this.problem.retryable;
  }
}

/** An answer that is neither a success nor a problem document: of a proxy, or of another service. */
export class NotTheService extends Error {
  override readonly name = "NotTheService";

  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`HTTP ${status} without a problem document: ${body.slice(0, 200)}`);
  }
}

/** The error for an answer that is not a success, whose body has been read. */
export function failureOf(response: Response, body: unknown): Failed | NotTheService {
  if (isProblem(body)) {
    const after = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
    return new Failed(body, Number.isNaN(after) ? null : after);
  }
  return new NotTheService(response.status, typeof body === "string" ? body : (JSON.stringify(body) ?? ""));
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "retryable" in body;
}

/** The data of an answer of `service.http`, or the failure as an exception. */
export function answered<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  if (!answer.response.ok) throw failureOf(answer.response, answer.error);
  return answer.data as T;
}
