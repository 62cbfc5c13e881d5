// Makes src/api/schema.ts from the OpenAPI document that the API's own test keeps, so that `tsc` finds what no longer fits.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const snapshot = new URL("../../../api/tests/snapshots/openapi__openapi.snap", import.meta.url);
const target = new URL("../src/api/schema.ts", import.meta.url);

// A snapshot is a YAML header between two lines of dashes, then the document.
const text = await readFile(snapshot, "utf8");
const document = JSON.parse(text.slice(text.indexOf("---\n", 4) + 4));
await writeFile(target, `// Made by scripts/types.mjs.\n${astToString(await openapiTS(document))}`);
