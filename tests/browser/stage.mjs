// What the browser tests share: a real Chromium, somebody who is logged in, and a check for people who can't see or point.
//
//     import { test } from "node:test";
//     import { stage } from "./stage.mjs";
//     const it = await stage();
//     test("an owner invites somebody", async () => {
//       const page = await it.open("/members", { language: "en" });
//       …
//       await it.accessible(page);
//     });
//
// The server is started by run.mjs, once for all files; each file may make an app of its own with `it.app(name)`.
import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after } from "node:test";

const require = createRequire(new URL("../../services/console/web/package.json", import.meta.url));
const { chromium } = require("playwright-core");
const axe = await readFile(require.resolve("axe-core/axe.min.js"), "utf8");

const { PAIGONG_URL, PAIGONG_OWNER, PAIGONG_PASSWORD, PAIGONG_KEY, SHOTS } = process.env;

/** Texts that break what takes them for anything but text. */
export const HOSTILE = [
  `<script>window.hacked=1</script>`,
  `"><img src=x onerror="window.hacked=1">`,
  `{{7*7}} \${7*7} <%= 7*7 %>`,
  `' OR 1=1; DROP TABLE paigong.turn; --`,
  `\u202Egnirts\u202C Ω≈ç√∫ ﷽ 👩‍👩‍👧‍👦 田中さんにあげて`,
];

/** Opens the browser, logs the owner in, and closes everything when the file is done. */
export async function stage() {
  assert(PAIGONG_URL, "run these with scripts/browser");
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const browser = await chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
  after(() => browser.close());
  const session = await fetch(`${PAIGONG_URL}/admin/v1/session`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: PAIGONG_OWNER, password: PAIGONG_PASSWORD }),
  });
  const me = await session.json();
  assert.equal(session.status, 200, JSON.stringify(me));
  const cookie = session.headers.get("set-cookie").split(";")[0];
  const tenant = me.tenants[0].id;

  /** Calls the server as the owner, and returns the body. */
  async function api(method, path, body, headers = {}) {
    const response = await fetch(`${PAIGONG_URL}${path}`, {
      method,
      headers: {
        Cookie: cookie,
        "X-CSRF-Token": me.csrf_token,
        "Content-Type": "application/json",
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    assert(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }

  /** A page in a browser of its own. `prepare` is given the browser before and `page` the page, so that they can be set up. */
  async function visit(
    url,
    { language = "zh", dark = false, width = 1280, height = 900, touch = false, prepare } = {},
  ) {
    const context = await browser.newContext({
      viewport: { width, height },
      locale: language === "zh" ? "zh-CN" : "en-GB",
      colorScheme: dark ? "dark" : "light",
      hasTouch: touch,
      // Colours on their way are no colours to be judged.
      reducedMotion: "reduce",
    });
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    page.strangers = [];
    page.failures = [];
    const known = [PAIGONG_URL, new URL(url).origin];
    page.on("request", (request) => {
      const asked = request.url();
      if (!/^(data|blob):/.test(asked) && !known.some((origin) => asked.startsWith(origin))) page.strangers.push(asked);
    });
    page.on("pageerror", (error) => page.failures.push(String(error)));
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text())) page.failures.push(message.text());
    });
    await prepare?.(context, page);
    await page.goto(url);
    return page;
  }

  const apps = await api("GET", `/admin/v1/tenants/${tenant}/apps`);

  return {
    url: PAIGONG_URL,
    tenant,
    /** The demo app, which has every pack; its admin path; an app key of it. */
    demo: apps.data[0].id,
    path: `/admin/v1/tenants/${tenant}/apps/${apps.data[0].id}`,
    key: PAIGONG_KEY,
    api,

    /** Says something to the demo app and returns the answer. */
    async say(query, rest = {}) {
      const response = await fetch(`${PAIGONG_URL}/v1/chat-messages`, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${PAIGONG_KEY}`,
          "Content-Type": "application/json",
        },
        body: JSON.stringify({ user: "E1001", query, ...rest }),
      });
      const answer = await response.json();
      assert.equal(response.status, 200, JSON.stringify(answer));
      return answer;
    },

    /** Any page, by nobody. Errors of its scripts fail the test that calls `accessible`. */
    visit,

    /** A page of the console, logged in unless `as` is "nobody"; `before` is given it first. */
    async open(path, { language = "zh", dark = false, as = "owner", app, before, ...rest } = {}) {
      return visit(`${PAIGONG_URL}/admin${path}`, {
        language,
        ...rest,
        prepare: async (context, page) => {
          await before?.(page);
          if (as === "owner") {
            const [name, value] = cookie.split("=");
            await context.addCookies([{ name, value, url: PAIGONG_URL, httpOnly: true }]);
          }
          await context.addInitScript(
            ([language, dark, app]) => {
              localStorage.setItem("paigong.language", language);
              localStorage.setItem("paigong.dark", dark ? "yes" : "no");
              if (app) localStorage.setItem("paigong.app", app);
            },
            [language, dark, app],
          );
        },
      });
    },

    /** Fails on serious violations of accessibility, errors of scripts, requests to other hosts, and text run as a script. */
    async accessible(page) {
      // In the page's world without its policy's leave: axe is the test's, not the console's.
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() =>
        window.axe.run(document, {
          resultTypes: ["violations"],
          runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
        }),
      );
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      const found = serious.map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .slice(0, 3)
            .map(({ html }) => html)
            .join(" | ")}`,
      );
      assert.deepEqual(found, []);
      assert.deepEqual(page.failures, []);
      assert.deepEqual(page.strangers, []);
      assert.equal(await page.evaluate(() => window.hacked), undefined);
    },

    /** Keeps a picture where SHOTS says so. */
    async shoot(page, name) {
      if (!SHOTS) return;
      await mkdir(SHOTS, { recursive: true });
      await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });
    },
  };
}
