// Puts a .gz beside every text file of dist/, for browsers, and fails when the first load has grown too big.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const FIRST_LOAD_LIMIT = 600 * 1024;

const dist = new URL("../dist/", import.meta.url).pathname;
const sizes = new Map();
for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath ?? entry.path, entry.name);
  if (!entry.isFile() || !/\.(html|js|css|svg|json)$/.test(entry.name)) continue;
  const packed = gzipSync(await readFile(path), { level: 9 });
  await writeFile(`${path}.gz`, packed);
  sizes.set(path.slice(dist.length), packed.length);
}

// The first load: the page and what it names; everything else comes when a screen needs it.
const page = await readFile(join(dist, "index.html"), "utf8");
const named = [...page.matchAll(/(?:src|href)="\/admin\/([^"]+)"/g)].map((match) => match[1]);
const first = ["index.html", ...named].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
console.log(`first load: ${(first / 1024).toFixed(0)} KB gzipped (limit ${FIRST_LOAD_LIMIT / 1024})`);
if (first > FIRST_LOAD_LIMIT) process.exit(1);
