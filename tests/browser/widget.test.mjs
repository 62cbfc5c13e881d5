// The chat widget on a page of another origin.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { host } from "./host.mjs";
import { HOSTILE, stage } from "./stage.mjs";

const it = await stage();
const site = await host(it.url);
const elsewhere = await host(it.url);

const { key, signing_secret: secret } = await it.api("POST", `${it.path}/keys`, {
  label: "widget",
  scopes: ["widget"],
  origins: [site.origin],
});

const CHAT = "**/v1/chat-messages";

/** Opens the page and the panel, and gives what the tests take hold of. */
async function chat(attributes = {}, { from = site, path, isOpened = true, ...rest } = {}) {
  const page = await it.visit(from.page({ key, ...attributes }, path), rest);
  const panel = page.getByRole("dialog");
  const launcher = page.locator(".launcher");
  const input = panel.getByRole("textbox");
  await launcher.waitFor();
  if (isOpened) await launcher.click();
  return {
    page,
    panel,
    launcher,
    input,
    log: panel.getByRole("log"),
    told: panel.locator(".log .told"),
    said: panel.locator(".log .said"),
    async say(text) {
      const before = await panel.locator(".log .told").count();
      await input.fill(text);
      await input.press("Enter");
      await panel.locator(".log .told").nth(before).waitFor();
    },
    async press(name) {
      const before = await panel.locator(".log .told").count();
      await panel.getByRole("button", { name, exact: true }).click();
      await panel.locator(".log .told").nth(before).waitFor();
    },
  };
}

/** An answer as the server would give it. */
const answer = (number, rest) => ({
  conversation_id: "01a21354-8189-766c-a4fb-dfd82cce93e2",
  message_id: `01a21354-8189-766c-a4fb-${String(number).padStart(12, "0")}`,
  answer: "",
  language: "en",
  dialog_action: { type: "Close", skill: null, slot: null, schema: null, options: [] },
  executions: [],
  degraded: false,
  created_at: new Date().toISOString(),
  ...rest,
});

const answered = (body) => ({
  status: 200,
  contentType: "text/event-stream",
  headers: { "Access-Control-Allow-Origin": "*" },
  body: `event: ping\ndata: {}\n\nevent: message\ndata: ${JSON.stringify({ answer: body.answer })}\n\nevent: message_end\ndata: ${JSON.stringify(body)}\n\n`,
});

test("a visitor returns an order, and finds the conversation again after a reload", async () => {
  const it_is = await chat({}, { language: "en" });
  const { page, panel, told, said } = it_is;
  await panel.getByText("Hello! What can I do for you?").waitFor();
  await it.accessible(page);
  await it_is.say("I want to return order SO-20305");
  await it.shoot(page, "widget-choices-en");
  await it_is.press("damaged");
  await panel.getByText("Please check and confirm").waitFor();
  await it.accessible(page);
  await it.shoot(page, "widget-confirm-en");
  await it_is.press("Submit");
  const last = told.last();
  await last.getByText(/Return RT-\d+ is submitted/).waitFor();
  await last.getByText("Done", { exact: true }).waitFor();
  await it.shoot(page, "widget-done-en");
  const texts = await panel.locator(".log .bubble").allTextContents();
  await page.reload();
  await it_is.launcher.click();
  await told.nth(2).waitFor();
  assert.deepEqual(await panel.locator(".log .bubble").allTextContents(), texts);
  assert.deepEqual(await said.locator(".bubble").allTextContents(), [
    "You: I want to return order SO-20305",
    "You: damaged",
    "You: Submit",
  ]);
  const kept = await page.evaluate(() => Object.keys(localStorage));
  assert(kept.length > 0 && kept.every((name) => name.startsWith("paigong:pg_")), String(kept));
  await panel.getByRole("button", { name: "New conversation" }).click();
  await panel.getByText("Hello! What can I do for you?").waitFor();
  assert.equal(await told.count(), 0);
  await it.accessible(page);
});

test("a message whose answer was lost is sent again and done once", async () => {
  const it_is = await chat({}, { language: "en" });
  const { page, told } = it_is;
  await it_is.say("cancel order SO-20333");
  const keys = [];
  await page.route(CHAT, async (route) => {
    keys.push(await route.request().headerValue("idempotency-key"));
    if (keys.length > 1) return route.continue();
    await route.fetch();
    await route.abort("connectionreset");
  });
  await it_is.press("Submit");
  await told
    .last()
    .getByText(/SO-20333 (is|has been) cancelled|SO-20333 was cancelled/)
    .waitFor();
  assert.equal(keys.length, 2);
  assert.equal(keys[0], keys[1]);
});

test("a page that the key does not list is refused, politely to its visitors and clearly to its makers", async () => {
  const it_is = await chat({}, { from: elsewhere, language: "en" });
  const complaints = [];
  it_is.page.on("console", (message) => complaints.push(message.text()));
  await it_is.input.fill("hello");
  await it_is.input.press("Enter");
  await it_is.said.getByText("The assistant isn’t available right now").waitFor();
  assert.equal(await it_is.panel.getByRole("button", { name: "Retry" }).count(), 0);
  assert(
    complaints.some((text) => text.includes("[paigong]") && text.includes(elsewhere.origin)),
    complaints.join("\n"),
  );
  await it.shoot(it_is.page, "widget-refused-en");
  await it.accessible(it_is.page);
});

test("too many messages wait as long as the server says, other failures for the user", async () => {
  const it_is = await chat({}, { language: "en" });
  const { page, said, told, panel } = it_is;
  const problems = [
    { status: 429, headers: { "Retry-After": "2" } },
    { status: 503, headers: { "Retry-After": "1" } },
    { status: 500, headers: {} },
  ];
  let failed = 0;
  await page.route(CHAT, (route) => {
    const problem = problems[failed];
    failed += 1;
    if (!problem) return route.continue();
    const shared = { "Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After" };
    return route.fulfill({ status: problem.status, headers: { ...problem.headers, ...shared }, json: {} });
  });
  await it_is.input.fill("where is my order SO-20318");
  await it_is.input.press("Enter");
  await said.getByText("Too many messages at once").waitFor();
  await said.getByText(/sending again in [12] s/).waitFor();
  await said.getByText("Something went wrong; not sent").waitFor();
  await it.shoot(page, "widget-failed-en");
  await it.accessible(page);
  await panel.getByRole("button", { name: "Retry" }).click();
  await told.getByText(/SO-20318/).waitFor();
  assert.equal(failed, 4);
  assert.equal(await said.count(), 1);
});

test("results that come later appear by themselves", async () => {
  const run = { id: "01a21354-81ac-7169-b6bb-a1871bc0bfdd", skill: "x.y", result: [], error: null };
  const begun = answer(1, { answer: "It is being done.", executions: [{ ...run, status: "running" }] });
  const ended = answer(2, { answer: "It is done: 42.", executions: [{ ...run, status: "succeeded" }] });
  const it_is = await chat({}, { language: "en" });
  let looks = 0;
  await it_is.page.route(CHAT, (route) => route.fulfill(answered(begun)));
  await it_is.page.route("**/messages?*", (route) => {
    looks += 1;
    const row = (number, query, response) => ({ number, query, response, created_at: response.created_at });
    const data = [row(1, "do it", begun), ...(looks > 1 ? [row(2, "", ended)] : [])];
    const after = Number(new URL(route.request().url()).searchParams.get("after"));
    return route.fulfill({
      headers: { "Access-Control-Allow-Origin": "*" },
      json: { data: data.filter(({ number }) => number > after), has_more: false, limit: 100 },
    });
  });
  await it_is.say("do it");
  await it_is.told.getByText("Under way; the result will appear here").waitFor();
  await it_is.told.getByText("It is done: 42.").waitFor();
  assert.equal(await it_is.told.count(), 2);
  assert.equal(await it_is.said.count(), 1);
});

test("an answer that comes while the panel is closed is marked", async () => {
  const it_is = await chat({}, { language: "en" });
  const { page, launcher, told } = it_is;
  let go;
  const asked = new Promise((resolve) => {
    void page.route(CHAT, async (route) => {
      await new Promise((then) => {
        go = then;
        resolve();
      });
      await route.fulfill(answered(answer(1, { answer: "Here it is." })));
    });
  });
  await it_is.input.fill("a moment");
  await it_is.input.press("Enter");
  await asked;
  await page.keyboard.press("Escape");
  go();
  await page.getByRole("button", { name: "New message, Assistant" }).waitFor();
  await launcher.click();
  await told.getByText("Here it is.").waitFor();
  assert.equal(await launcher.getAttribute("aria-label"), "Assistant");
});

test("a long conversation is read from its end, and further back when asked", async () => {
  const rows = Array.from({ length: 60 }, (_, index) => {
    const response = answer(index + 1, { answer: `answer ${index + 1}` });
    return { number: index + 1, query: `question ${index + 1}`, response, created_at: response.created_at };
  });
  const read = async (context, page) => {
    await context.addInitScript(() => {
      const visitor = "visitor-abcdefghijklmnopqrstuvwx";
      const prefix = `paigong:${new URLSearchParams(location.search).get("key").split("_").slice(0, 2).join("_")}:`;
      localStorage.setItem(`${prefix}visitor`, visitor);
      const kept = { id: "01a21354-8189-766c-a4fb-dfd82cce93e2", last: 60, pressed: {} };
      localStorage.setItem(`${prefix}conversation:${visitor}`, JSON.stringify(kept));
    });
    await page.route("**/messages?*", (route) => {
      const query = new URL(route.request().url()).searchParams;
      const after = Number(query.get("after"));
      const data = rows.slice(after, after + Number(query.get("limit")));
      const headers = { "Access-Control-Allow-Origin": "*" };
      return route.fulfill({ headers, json: { data, has_more: after + data.length < 60, limit: 100 } });
    });
  };
  const it_is = await chat({}, { language: "en", prepare: read });
  await it_is.told.nth(39).waitFor();
  assert.equal(await it_is.told.count(), 40);
  assert.match(await it_is.told.first().textContent(), /answer 21/);
  await it_is.told.getByText("answer 60").waitFor();
  const end = await it_is.told.last().boundingBox();
  assert(end.y < 800, JSON.stringify(end));
  await it_is.panel.getByRole("button", { name: "Earlier messages" }).click();
  await it_is.told.nth(59).waitFor();
  assert.match(await it_is.told.first().textContent(), /answer 1$/);
  await it_is.panel.getByRole("button", { name: "Latest" }).click();
  const again = await it_is.told.last().boundingBox();
  assert(Math.abs(again.y - end.y) < 2, JSON.stringify([end, again]));
  assert.equal(await it_is.panel.getByRole("button", { name: "Earlier messages" }).count(), 0);
  await it.shoot(it_is.page, "widget-long-en");
});

test("a date that is asked for can be picked", async () => {
  const it_is = await chat({ user: "E1001", signature: createHmac("sha256", secret).update("E1001").digest("hex") });
  await it_is.say("请假");
  await it_is.press("年假");
  const date = it_is.panel.locator("input[type=date]");
  await date.fill("2026-12-30");
  await it.shoot(it_is.page, "widget-date-zh");
  await it.accessible(it_is.page);
  await it_is.press("确定");
  await it_is.said.last().getByText("2026-12-30").waitFor();
  await it_is.told
    .last()
    .getByText(/12月30日|哪天结束|到哪天/)
    .waitFor();
});

test("whatever is said, answered, cited or found is text", async () => {
  const [title, greeting, ...rest] = HOSTILE;
  const it_is = await chat({ title, greeting, suggestions: rest[0] }, { language: "en" });
  const { page, panel, told, said } = it_is;
  await panel.getByRole("heading", { name: title }).waitFor();
  await panel.getByText(greeting, { exact: true }).waitFor();
  for (const text of HOSTILE) {
    await it_is.say(text);
    assert.equal(await said.last().locator(".bubble").textContent(), `You: ${text}`);
  }
  const hostile = answer(7, {
    answer: `${HOSTILE[0]} [1]\n1) ${HOSTILE[1]}: ${HOSTILE[2]}`,
    dialog_action: {
      type: "ElicitSkill",
      skill: null,
      slot: null,
      schema: null,
      options: [{ label: HOSTILE[1], payload: "{}" }],
    },
    citations: [{ id: "1", title: HOSTILE[0], heading: HOSTILE[1], path: "x", text: HOSTILE[3] }],
    executions: [
      {
        id: "1",
        skill: "x.y",
        status: "succeeded",
        error: null,
        result: [
          { [HOSTILE[0]]: HOSTILE[1], b: HOSTILE[4] },
          { [HOSTILE[0]]: null, b: 1 },
        ],
      },
    ],
  });
  await page.route(CHAT, (route) => route.fulfill(answered(hostile)));
  await it_is.say("once more");
  for (const summary of await told.last().locator("summary").all()) await summary.click();
  await told.last().getByRole("cell", { name: HOSTILE[4], exact: true }).waitFor();
  await told.last().getByRole("button", { name: HOSTILE[1] }).waitFor();
  await it.shoot(page, "widget-hostile-en");
  await it.accessible(page);
});

test("everything can be done with the keyboard alone", async () => {
  const it_is = await chat({}, { language: "en", isOpened: false });
  const { page, panel, launcher, told } = it_is;
  const focused = () =>
    page.evaluate(() => {
      const active = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
      return active?.getAttribute("aria-label") ?? active?.textContent ?? "";
    });
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "A link");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await panel.waitFor();
  assert.equal(await focused(), "Message");
  await page.keyboard.type("I want to return order SO-20300");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("please");
  await page.keyboard.press("Enter");
  await told.first().waitFor();
  const seen = new Set();
  for (let step = 0; step < 20; step += 1) {
    await page.keyboard.press("Tab");
    seen.add(await focused());
  }
  for (const name of ["Message", "Send", "Close", "New conversation", "damaged"])
    assert(seen.has(name), [...seen].join());
  assert(!seen.has("A link"), "the focus left the panel");
  while ((await focused()) !== "no longer needed") await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await told.nth(1).waitFor();
  assert.equal(await focused(), "Message");
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "hidden" });
  assert.equal(await launcher.getAttribute("aria-expanded"), "false");
  assert.equal(await focused(), "Assistant");
});

test("the page's styles and the widget's leave each other alone", async () => {
  for (const path of ["/", "/rtl"]) {
    const it_is = await chat({ color: "#ffcc00", position: "left" }, { language: "en", path });
    await it_is.say("hello");
    const look = (locator) =>
      locator.evaluate((element) => {
        const { color, fontSize, letterSpacing, direction } = getComputedStyle(element);
        return { color, fontSize, letterSpacing, direction };
      });
    const bubble = await look(it_is.told.last().locator(".bubble"));
    assert.deepEqual(bubble, { color: "rgb(23, 26, 33)", fontSize: "15px", letterSpacing: "normal", direction: "ltr" });
    assert.equal((await look(it_is.page.locator("#host-text"))).color, "rgb(1, 2, 3)");
    const box = await it_is.launcher.boundingBox();
    assert(box.x < 100 && box.width === 56, JSON.stringify(box));
    await it.shoot(it_is.page, `widget-styles${path.replaceAll("/", "-")}`);
    await it.accessible(it_is.page);
  }
});

test("on a phone the panel is the screen, in Chinese and in the dark", async () => {
  const it_is = await chat({}, { width: 390, height: 780, dark: true, touch: true });
  const { page, panel } = it_is;
  const box = await panel.boundingBox();
  assert.deepEqual([box.x, box.y, box.width, box.height], [0, 0, 390, 780]);
  assert.equal(await panel.getAttribute("aria-modal"), "true");
  await it_is.say("登不上，密码的问题");
  await it.shoot(page, "widget-phone-cards-zh");
  await it_is.press("都不是");
  await it_is.say("产品多久能退");
  await it.shoot(page, "widget-phone-zh");
  await it.accessible(page);
  await panel.getByRole("button", { name: "关闭" }).click();
  await it_is.launcher.waitFor();
});

test("who is signed in is known by the signature of the site's server", async () => {
  const sign = (user) => createHmac("sha256", secret).update(user).digest("hex");
  const it_is = await chat({ user: "E1001", signature: sign("E1001") });
  await it_is.say("我还有几天年假");
  await it_is.told.last().getByText(/天/).waitFor();
  await it.shoot(it_is.page, "widget-signed-zh");
  await it_is.page.evaluate((signature) => window.paigong.identify("E1003", signature), sign("E1001"));
  assert.equal(await it_is.told.count(), 0);
  await it_is.input.fill("我还有几天年假");
  await it_is.input.press("Enter");
  await it_is.said.getByText("助手暂时无法使用，请稍后再来").waitFor();
  await it_is.page.evaluate((signature) => window.paigong.identify("E1001", signature), sign("E1001"));
  await it_is.told.getByText(/天/).waitFor();
  await it_is.page.evaluate(() => window.paigong.destroy());
  assert.equal(await it_is.launcher.count(), 0);
  assert.equal(await it_is.page.evaluate(() => window.paigong), undefined);
});

test("a browser that keeps nothing can talk all the same", async () => {
  const refuse = (context) =>
    context.addInitScript(() => {
      Object.defineProperty(window, "localStorage", {
        get() {
          throw new DOMException("refused", "SecurityError");
        },
      });
    });
  const it_is = await chat({}, { language: "en", prepare: refuse });
  await it_is.say("where is my order SO-20318");
  await it_is.say("and SO-20320");
  assert.equal(await it_is.told.count(), 2);
  await it.accessible(it_is.page);
});

test("the demo page embeds the widget as it says, in both languages", async () => {
  const page = await it.visit(`${it.url}/demo?key=${key}`);
  await page.locator(".launcher").waitFor();
  await it.shoot(page, "demo-zh");
  await it.accessible(page);
  await page.getByRole("button", { name: "English" }).click();
  await page.getByRole("heading", { name: "A good desk makes good work" }).waitFor();
  await page.getByRole("button", { name: "Track" }).first().click();
  const input = page.getByRole("dialog").getByRole("textbox");
  assert.equal(await input.inputValue(), "where is my order SO-20318");
  await input.press("Enter");
  await page
    .getByRole("dialog")
    .locator(".log .told")
    .getByText(/SO-20318/)
    .waitFor();
  assert.match(await page.locator("#snippet").textContent(), /data-language="en"/);
  // Read again by a GET of its own server, which browsers send without an Origin.
  await page.reload();
  await page.locator(".launcher").click();
  await page
    .getByRole("dialog")
    .locator(".log .told")
    .getByText(/SO-20318/)
    .waitFor();
  await it.shoot(page, "demo-en");
  await it.accessible(page);
  const bare = await it.visit(`${it.url}/demo`, { language: "en", width: 390, dark: true });
  await bare.getByText("There is no key in the address").waitFor();
  await it.shoot(bare, "demo-phone-en");
  await it.accessible(bare);
});
