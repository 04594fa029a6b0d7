// A folder of aerial frames becomes a job; its map and all that belongs to it is fetched into a folder.
// node dist/examples/flight.js http://localhost:8000 FLIGHT OUT

import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { Writable } from "node:stream";

import { unzipSync } from "fflate";

import { type Picture, Siseon } from "siseon-client";

const FRAMES = new Set([".jpg", ".jpeg", ".png", ".tif", ".tiff"]);

const [baseUrl = "http://localhost:8000", flight = "flight", out = "out"] = process.argv.slice(2);
const token = process.env["SISEON_TOKEN"];
const service = new Siseon({ baseUrl, ...(token ? { token } : {}) });

const names = (await readdir(flight)).filter((name) => FRAMES.has(extname(name).toLowerCase())).sort();
const frames: Picture[] = [];
for (const name of names) frames.push({ name, data: new Blob([await readFile(join(flight, name))]) });

const order = { application: "oilspill", pictures: true } as const;
const job = await service.submit(order, frames, randomUUID());
console.log(`${job.id}: ${job.total} frames`);

const failed = new Set<number>();
const ended = await service.wait(job.id, (event) => {
  if (event.kind === "progress") {
    const left = event.data.left_s === null ? "" : `, about ${Math.ceil(event.data.left_s)} s left`;
    console.log(`${event.data.done + event.data.failed} of ${event.data.total}${left}`);
  } else if (event.kind === "item_failed") {
    failed.add(event.number);
    console.log(`${names[event.number]}: ${event.data.failure.code}, ${event.data.failure.message}`);
  }
});
console.log(`${ended.state}: ${ended.done} done, ${ended.failed} failed`);

for (let number = 0; number < ended.total; number += 1) {
  if (failed.has(number)) continue;
  const { data } = await service.result("oilspill", ended.id, number);
  const where = data.georeference ? `± ${Math.round(data.georeference.ce90_m)} m` : data.no_position;
  console.log(`${data.image_id}: ${data.verdict}, ${data.slicks.length} slicks, ${where}`);
}

await mkdir(out, { recursive: true });
const archive = join(out, "flight.zip");
await (await service.archive(ended.id)).pipeTo(Writable.toWeb(createWriteStream(archive)));
// Of the whole flight: conclusion/flight.geojson, .gpkg, .html, ...; the rest is of single frames.
const map = unzipSync(await readFile(archive), { filter: (file) => file.name.startsWith("conclusion/") });
for (const [name, bytes] of Object.entries(map)) await writeFile(join(out, basename(name)), bytes);
console.log(`${Object.keys(map).join(", ")} in ${out}`);
