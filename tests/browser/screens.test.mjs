// Every screen where its data is slow, where the server fails, and where there is nothing yet: it says so, in both languages, and goes on
// when the data comes.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { stage } from "./stage.mjs";

const it = await stage();
const SCREENS = [
  "skills",
  "review",
  "conversations",
  "overview",
  "inbox",
  "knowledge",
  "integration",
  "models",
  "members",
  "audit",
];
/** What the frame needs to say whose console it is. */
const FRAME = /\/admin\/v1\/(me|session|tenants\/[^/]+\/apps)$/;
let empty;

before(async () => {
  empty = await it.api("POST", `/admin/v1/tenants/${it.tenant}/apps`, { name: "nothing-yet", language: "zh" });
});

/** Answers everything that a screen asks for by `reply`; what it returns lets the real answers through again. */
async function answered(page, reply) {
  const asks = (url) => url.pathname.startsWith("/admin/v1/") && !FRAME.test(url.pathname);
  await page.route(asks, reply);
  return () => page.unroute(asks, reply);
}

/** Four screens at a time: most of it is waiting. */
const each = (name, check) =>
  test(name, { concurrency: 4 }, (all) => Promise.all(SCREENS.map((screen) => all.test(screen, () => check(screen)))));

each("a server that fails, then answers", async (screen) => {
  const [language, words] = screen < "k" ? ["en", "Try again"] : ["zh", "重试"];
  let restore;
  const failing = async (page) => {
    const problem = { status: 500, code: "internal", title: "A fault of ours", detail: "what went wrong" };
    const answer = { status: 500, contentType: "application/problem+json", body: JSON.stringify(problem) };
    restore = await answered(page, (route) => route.fulfill(answer));
  };
  const page = await it.open(`/${screen}`, { language, dark: true, before: failing });
  const again = page.getByRole("button", { name: words });
  await page.getByRole("alert").filter({ has: again }).first().waitFor();
  await it.accessible(page);
  await it.shoot(page, `screen-${screen}-failing-${language}`);
  await restore();
  // A screen may have several parts, and each its own button.
  while ((await again.count()) > 0)
    await again
      .first()
      .click({ timeout: 1_000 })
      .catch(() => undefined);
  assert.deepEqual(page.failures, []);
  await page.close();
});

each("slow data, and none", async (screen) => {
  const language = screen < "k" ? "zh" : "en";
  let go;
  const gate = new Promise((resolve) => (go = resolve));
  const slow = (page) =>
    answered(page, async (route) => {
      await gate;
      await route.continue();
    });
  const page = await it.open(`/${screen}`, { language, app: empty.id, before: slow });
  await page.waitForFunction(() => document.querySelector("main :is(.ant-skeleton, .ant-spin, [aria-busy=true])"));
  await it.shoot(page, `screen-${screen}-slow-${language}`);
  go();
  await page.waitForFunction(() => !document.querySelector(".ant-skeleton-active, .ant-spin-spinning"));
  assert.notEqual((await page.getByRole("main").innerText()).trim(), "");
  await it.accessible(page);
  await it.shoot(page, `screen-${screen}-empty-${language}`);
  await page.close();
});
