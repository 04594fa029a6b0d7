// One picture through an application, with what its answer holds.
// node dist/examples/pictures.js http://localhost:8000 text sign.png

import { readFile } from "node:fs/promises";
import { basename } from "node:path";

import { type Application, Failed, type Picture, Siseon } from "siseon-client";

const [baseUrl = "http://localhost:8000", application = "text", path = "sign.png"] = process.argv.slice(2);
const token = process.env["SISEON_TOKEN"];
const service = new Siseon({ baseUrl, ...(token ? { token } : {}) });
const picture: Picture = { name: basename(path), data: new Blob([await readFile(path)]) };

/** All that look at pictures; `people` looks at videos, which come with jobs. */
type OfPictures = Exclude<Application, "people">;

const lines: { [A in OfPictures]: () => Promise<string[]> } = {
  text: async () => {
    const { data } = await service.run("text", picture, { min_score: 0.6 });
    return data.lines.map((line) => `${line.text} (${line.score.toFixed(2)})`);
  },
  inspection: async () => {
    const { data } = await service.run("inspection", picture, { min_score: 0.4 });
    return data.detections.map((found) => `${found.class_name} at ${found.box.join(", ")}`);
  },
  translation: async () => {
    const { data } = await service.run("translation", picture);
    return data.regions.map((region) => `${region.text} -> ${region.translated ?? region.why_not}`);
  },
  gauges: async () => {
    const { data } = await service.run("gauges", picture);
    return data.readings.map((read) => `${read.value ?? read.reason} ${read.unit ?? ""} (${read.quality})`);
  },
  oilspill: async () => {
    const { data } = await service.run("oilspill", picture);
    return [`${data.verdict}: ${data.slicks.length} slicks, ${data.no_position ?? "on the map"}`];
  },
};

function isApplication(name: string): name is OfPictures {
  return name in lines;
}

if (!isApplication(application)) throw new Error(`${application} is none of ${Object.keys(lines).join(", ")}`);
try {
  for (const line of await lines[application]()) console.log(line);
} catch (error) {
  if (!(error instanceof Failed)) throw error;
  console.error(`${error.code}: ${error.problem.detail}${error.retryable ? " (try again later)" : ""}`);
  process.exitCode = 1;
}
