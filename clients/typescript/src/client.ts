// The client: all operations of the service typed by its OpenAPI document (`http`), and above them what a document cannot
// say: forms of files, results by application, jobs and streams as they go on.

import createClient, { type Client } from "openapi-fetch";

import { type ServerEvent, followed } from "./events.js";
import { answered, failureOf } from "./failure.js";
import type { components, paths } from "./generated.js";
import { type Picture, fileOf, form } from "./pictures.js";

type Schemas = components["schemas"];
type OfPath<P> = P extends `/v1/pipelines/${infer Name}` ? (Name extends `${string}/${string}` ? never : Name) : never;

/** Applications of siseon. */
export type Application = OfPath<keyof paths>;
type Run<A extends Application> = paths[`/v1/pipelines/${A}`]["post"];
type Many<A extends Application> = paths[`/v1/pipelines/${A}/batch`]["post"];

/** What an application answers for one picture: its `data`, and who made it how. */
export type Result<A extends Application> = Run<A>["responses"][200]["content"]["application/json"];
/** What a request may choose of an application. */
export type Choices<A extends Application> = NonNullable<Run<A>["parameters"]["query"]>;
/** One picture of a batch: its result or its failure. */
export type BatchLine<A extends Application> = Many<A>["responses"][200]["content"]["application/json"][number];

export type Job = Schemas["JobInfo"];
export type JobItem = Schemas["ItemInfo"];
export type JobEvent = Schemas["JobEvent"];
/** What is made of all results of a job together, and its files. */
export type Conclusion = Schemas["ConclusionInfo"];
/** A job of an application, whose options are known. */
export type JobOrder<A extends Application> = Omit<Schemas["JobRequest"], "application" | "options"> & {
  application: A;
  options?: Choices<A>;
};
export type StreamResult<A extends Application> = Omit<Schemas["ResultTold"], "result"> & { result: Result<A> };
export type StreamEvent<A extends Application> =
  | Exclude<Schemas["StreamEvent"], Schemas["ResultTold"]>
  | StreamResult<A>;

export interface Options {
  /** Where the service is: `http://localhost:8000`. */
  baseUrl: string;
  /** Its SISEON_TOKEN, where it has one. */
  token?: string;
  /** In place of the global one. */
  fetch?: (input: Request) => Promise<Response>;
}

export interface Asking {
  signal?: AbortSignal;
  /** Seconds that the answer is of use; the service begins no work for a later one. */
  timeoutS?: number;
}

const ENDS: readonly JobEvent["kind"][] = ["result", "failed", "cancelled"];
const TIMEOUT = "X-Request-Timeout";

/** One service. Failures are thrown as `Failed`, with their code, hint and `retryable`. */
export class Siseon {
  /** Every operation by its path: `answered(await service.http.GET("/v1/streams"))`. */
  readonly http: Client<paths>;

  constructor(options: Options) {
    const headers: Record<string, string> = options.token ? { Authorization: `Bearer ${options.token}` } : {};
    this.http = createClient<paths>({
      baseUrl: options.baseUrl,
      headers,
      ...(options.fetch ? { fetch: options.fetch } : {}),
    });
  }

  /** Runs an application on one picture. */
  async run<A extends Application>(
    application: A,
    picture: Picture,
    choices?: Choices<A>,
    asking?: Asking,
  ): Promise<Result<A>> {
    const answer = await this.http.POST(`/v1/pipelines/${application}` as "/v1/pipelines/text", {
      params: { query: choices as Choices<"text"> },
      body: { file: fileOf(picture) },
      bodySerializer: form,
      ...init(asking),
    });
    return answered(answer) as Result<A>;
  }

  /** Runs it, and answers the picture with what was found drawn on it. */
  async drawn<A extends Application>(
    application: A,
    picture: Picture,
    choices?: Choices<A>,
    asking?: Asking,
    type: "image/png" | "image/jpeg" = "image/jpeg",
  ): Promise<Blob> {
    const answer = await this.http.POST(`/v1/pipelines/${application}` as "/v1/pipelines/text", {
      params: { query: choices as Choices<"text"> },
      body: { file: fileOf(picture) },
      bodySerializer: form,
      parseAs: "blob",
      ...init(asking, { Accept: type }),
    });
    return answered(answer);
  }

  /** Runs it on many pictures: a line for each in their order, one that failed has its `failure`. */
  async batch<A extends Application>(
    application: A,
    pictures: readonly Picture[],
    choices?: Choices<A>,
    asking?: Asking,
  ): Promise<BatchLine<A>[]> {
    const answer = await this.http.POST(`/v1/pipelines/${application}/batch` as "/v1/pipelines/text/batch", {
      params: { query: choices as Choices<"text"> },
      body: { files: pictures.map(fileOf) },
      bodySerializer: form,
      ...init(asking, { Accept: "application/json" }),
    });
    return answered(answer) as BatchLine<A>[];
  }

  /**
   * Has pictures worked on by a worker, in the order given. The job survives restarts of everybody.
   *
   * @param key Of the same order it makes the same job, however often it is sent: a UUID.
   */
  async submit<A extends Application>(
    order: JobOrder<A>,
    pictures: readonly Picture[] = [],
    key?: string,
    asking?: Asking,
  ): Promise<Job> {
    const answer = await this.http.POST("/v1/jobs", {
      body: { job: order as Schemas["JobRequest"], files: pictures.map(fileOf) },
      bodySerializer: form,
      ...init(asking, key === undefined ? {} : { "Idempotency-Key": key }),
    });
    return answered(answer);
  }

  /** What happens to a job, from its beginning (or behind an event) to its end; connections that break are made again. */
  async *follow(job: string, after?: number, signal?: AbortSignal): AsyncGenerator<JobEvent, void, undefined> {
    const open = async (seen: string | null): Promise<Response> => {
      const last = seen ?? after?.toString();
      const answer = await this.http.GET("/v1/jobs/{job}/events", {
        params: { path: { job } },
        parseAs: "stream",
        ...init({ signal }, last === undefined ? {} : { "Last-Event-ID": last }),
      });
      return streamed(answer);
    };
    const isEnd = (event: ServerEvent): boolean => (ENDS as readonly string[]).includes(event.event);
    for await (const event of followed(open, isEnd, signal)) yield JSON.parse(event.data) as JobEvent;
  }

  /** The job as it stands at its end; `onEvent` hears all that happens before. */
  async wait(job: string, onEvent?: (event: JobEvent) => void, signal?: AbortSignal): Promise<Job> {
    for await (const event of this.follow(job, undefined, signal)) onEvent?.(event);
    return answered(await this.http.GET("/v1/jobs/{job}", { params: { path: { job } }, ...init({ signal }) }));
  }

  /** The result of one picture of a job of that application. */
  async result<A extends Application>(application: A, job: string, number: number, asking?: Asking): Promise<Result<A>> {
    const answer = await this.http.GET("/v1/jobs/{job}/items/{number}/result", {
      params: { path: { job, number } },
      ...init(asking),
    });
    return answered(answer) as Result<typeof application>;
  }

  /** All results so far, the files that were made, and what was made of all together: a ZIP, as it comes. */
  async archive(job: string, asking?: Asking): Promise<ReadableStream<Uint8Array>> {
    const answer = await this.http.GET("/v1/jobs/{job}/results.zip", {
      params: { path: { job } },
      parseAs: "stream",
      ...init(asking),
    });
    return answered(answer) as ReadableStream<Uint8Array>;
  }

  /** What is made of all results together (a timeline, a report, a video to watch): how it stands, and its files. */
  async conclusion(job: string, asking?: Asking): Promise<Conclusion> {
    return answered(
      await this.http.GET("/v1/jobs/{job}/conclusion", { params: { path: { job } }, ...init(asking) }),
    );
  }

  /** One file of it, as it comes. */
  async conclusionFile(job: string, name: string, asking?: Asking): Promise<ReadableStream<Uint8Array>> {
    const answer = await this.http.GET("/v1/jobs/{job}/conclusion/{name}", {
      params: { path: { job, name } },
      parseAs: "stream",
      ...init(asking),
    });
    return answered(answer) as ReadableStream<Uint8Array>;
  }

  /**
   * Gives a job a file, the `corrections` of people say, as JSON: what is made of all results is made again, without a look
   * at a picture. `wait` tells when.
   */
  async correct(job: string, option: string, said: object, asking?: Asking): Promise<Job> {
    const answer = await this.http.PUT("/v1/jobs/{job}/files/{option}", {
      params: { path: { job, option } },
      body: new Blob([JSON.stringify(said)]),
      bodySerializer: (body: unknown) => body as Blob,
      ...init(asking, { "Content-Type": "application/json" }),
    });
    return answered(answer);
  }

  /**
   * What a stream of that application tells, from its state of the moment on, without an end. What comes while a connection
   * is made again is not told.
   */
  async *watch<A extends Application>(
    application: A,
    stream: string,
    signal?: AbortSignal,
  ): AsyncGenerator<StreamEvent<typeof application>, void, undefined> {
    const open = async (): Promise<Response> =>
      streamed(
        await this.http.GET("/v1/streams/{name}/events", {
          params: { path: { name: stream } },
          parseAs: "stream",
          ...init({ signal }),
        }),
      );
    for await (const event of followed(open, () => false, signal)) yield JSON.parse(event.data) as StreamEvent<A>;
  }
}

function init(asking?: Asking, headers: Record<string, string> = {}): { headers: Record<string, string>; signal?: AbortSignal } {
  const timeout: Record<string, string> = asking?.timeoutS === undefined ? {} : { [TIMEOUT]: String(asking.timeoutS) };
  return { headers: { ...headers, ...timeout }, ...(asking?.signal ? { signal: asking.signal } : {}) };
}

function streamed(answer: { error?: unknown; response: Response }): Response {
  if (!answer.response.ok) throw failureOf(answer.response, answer.error);
  return answer.response;
}
