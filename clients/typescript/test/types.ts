// What the types refuse. Never run: a line that stops being an error is one for the compiler (TS2578).

import { type FailureCode, type JobEvent, type Result, Siseon, answered } from "siseon-client";

export async function refused(service: Siseon, picture: Blob): Promise<void> {
  // @ts-expect-error there is no such application
  await service.run("texts", picture);
  // @ts-expect-error nor such a choice of it
  await service.run("text", picture, { min_scroe: 0.5 });
  // @ts-expect-error a choice of another type
  await service.run("text", picture, { min_score: "high" });
  const { data } = await service.run("oilspill", picture);
  // @ts-expect-error what oilspill answers has no lines
  data.lines;
  // @ts-expect-error it may have no place on the map
  data.georeference.ce90_m;
  // @ts-expect-error an order names its application
  await service.submit({ pictures: true }, [picture]);
  // @ts-expect-error a path there is not
  await service.http.GET("/v1/stream");
  // @ts-expect-error a stream has a source
  await service.http.POST("/v1/streams", { body: { name: "boiler", application: "gauges" } });
  // @ts-expect-error a code there is not
  const code: FailureCode = "overload";
  for await (const event of service.watch("gauges", "boiler")) {
    // @ts-expect-error a state has no result
    if (event.kind === "state") event.result;
    // @ts-expect-error readings, not lines
    if (event.kind === "result") event.result.data.lines;
  }
  await service.follow(code).next();
}

/** What is answered is neither any nor unknown. */
export async function precise(service: Siseon, event: JobEvent, result: Result<"gauges">): Promise<void> {
  known(result.data.readings[0]?.value);
  if (event.kind === "progress") known(event.data.total);
  if (event.kind === "item_failed") known(event.data.failure.code);
  known(answered(await service.http.GET("/v1/streams"))[0]?.application);
  known(answered(await service.http.GET("/v1/failures"))[0]?.code);
  known((await service.http.GET("/v1/jobs")).error?.code);
  // @ts-expect-error the check itself: this is any
  known(JSON.parse("{}"));
  // @ts-expect-error and this unknown
  known({} as unknown);
}

type Known<T> = 0 extends 1 & T ? never : unknown extends T ? never : T;

function known<T>(value: Known<T>): Known<T> {
  return value;
}
