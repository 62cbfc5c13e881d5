// Starts the server with its demo on the database that DATABASE_URL names, becomes its owner, and runs the tests of this
// folder, or those that are named. Usage: scripts/browser [FILE…]
import { execFileSync, spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { createInterface } from "node:readline";

const PATIENCE_MS = 180_000;
const here = new URL(".", import.meta.url).pathname;
const root = new URL("../../", import.meta.url).pathname;
const binary = `${process.env.CARGO_TARGET_DIR ?? `${root}target`}/debug/paigong`;

const server = spawn(binary, ["serve", "--migrate", "--demo"], {
  cwd: root,
  // Fast hands make more calls than people do.
  env: {
    ...process.env,
    PAIGONG_LISTEN: "127.0.0.1:0",
    PAIGONG_RATE_PER_ADDRESS: "100000",
    // Without a key to seal secrets with, there are no signing secrets.
    PAIGONG_SECRET_KEYS: execFileSync(binary, ["secrets", "generate"], { encoding: "utf8" }).trim(),
  },
  stdio: ["ignore", "pipe", "inherit"],
});
process.on("exit", () => server.kill("SIGKILL"));

const found = {};
const ready = new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error(`the server was not ready: ${JSON.stringify(found)}`)), PATIENCE_MS).unref();
  server.on("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  createInterface({ input: server.stdout }).on("line", (line) => {
    found.url ??= /(http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    found.token ??= /accept#token=(\S+)/.exec(line)?.[1];
    found.key ??= /App key: (\S+)/.exec(line)?.[1];
    if (found.url && found.token && found.key) resolve();
  });
});
await ready;

const owner = {
  email: "owner@example.com",
  name: "王伟",
  password: "correct horse battery staple",
};
const accepted = await fetch(`${found.url}/admin/v1/accept`, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ token: found.token, ...owner }),
});
if (!accepted.ok) throw new Error(`no owner: ${await accepted.text()}`);

const named = process.argv.slice(2);
const files =
  named.length > 0
    ? named
    : (await readdir(here)).filter((name) => name.endsWith(".test.mjs")).map((name) => here + name);
const tests = spawn(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=spec", ...files.sort()], {
  env: {
    ...process.env,
    PAIGONG_URL: found.url,
    PAIGONG_KEY: found.key,
    PAIGONG_OWNER: owner.email,
    PAIGONG_PASSWORD: owner.password,
  },
  stdio: "inherit",
});
tests.on("exit", (code) => process.exit(code ?? 1));
