// Types out of the OpenAPI document on stdin: node scripts/generate.mjs src/generated.ts
// Files are Blobs, and titles are left out: they only say names once more.

import { writeFileSync } from "node:fs";
import { json } from "node:stream/consumers";
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const HEAD = "// Made by `npm run generate` from the OpenAPI document of the service. Not to be changed by hand.\n\n";

function untitled(node) {
  if (Array.isArray(node)) return node.map(untitled);
  if (node === null || typeof node !== "object") return node;
  // A property may be called title; the title of a schema is a text.
  const kept = Object.entries(node).filter(([key, value]) => !(key === "title" && typeof value === "string"));
  return Object.fromEntries(kept.map(([key, value]) => [key, untitled(value)]));
}

const document = untitled(await json(process.stdin));
document.info.title = "siseon";
const tree = await openapiTS(document, {
  alphabetize: true,
  defaultNonNullable: false, // what has a default need not be stated
  transform: (schema) =>
    schema.format === "binary" ? ts.factory.createTypeReferenceNode("Blob") : undefined,
});
writeFileSync(process.argv[2], HEAD + astToString(tree));
