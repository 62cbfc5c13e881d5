// Builds dist/: widget.js, one file without imports, and the demo page; fails when the widget has grown too big.
// Uses the console's Vite, so that there is only one to install.
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";

const LIMIT = 25 * 1024;

const here = new URL("../", import.meta.url).pathname;
const { resolve } = createRequire(new URL("../../web/package.json", import.meta.url));
const { build } = await import(pathToFileURL(resolve("vite").replace(/index\.cjs$/, "dist/node/index.js")).href);

async function bundle(entry, name, isFirst) {
  await build({
    root: here,
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    build: {
      target: "es2022",
      emptyOutDir: isFirst,
      lib: { entry: `${here}src/${entry}`, formats: ["iife"], name: "paigongWidget", fileName: () => name },
    },
  });
}

await bundle("main.ts", "widget.js", true);
await bundle("demo/demo.ts", "demo.js", false);
for (const name of ["demo.html", "demo.css"]) await copyFile(`${here}src/demo/${name}`, `${here}dist/${name}`);

for (const name of ["widget.js", "demo.js", "demo.html", "demo.css"]) {
  const packed = gzipSync(await readFile(`${here}dist/${name}`), { level: 9 });
  await writeFile(`${here}dist/${name}.gz`, packed);
  if (name !== "widget.js") continue;
  console.log(`widget: ${(packed.length / 1024).toFixed(1)} KB gzipped (limit ${LIMIT / 1024})`);
  if (packed.length > LIMIT) process.exit(1);
}
