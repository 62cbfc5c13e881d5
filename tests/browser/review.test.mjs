// Review by keys alone: right, should have been another skill with what that changes, undo; and the suggestions.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { HOSTILE, stage } from "./stage.mjs";

const it = await stage();

// What was said is counted a few seconds later.
before(async () => {
  for (const query of ["把客户跟进一下", "那个东西怎么弄", "想弄一下系统", HOSTILE[1]]) await it.say(query);
  for (let round = 0; round < 60; round += 1) {
    const { data } = await it.api("GET", `${it.path}/review`);
    if (data.length >= 3) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  assert.fail("nothing to review");
});

const done = (page, count) => page.getByText(`${count} done in this sitting`).waitFor();

test("turns are judged with the keyboard alone, and a judgement is taken back", async () => {
  const page = await it.open("/review", { language: "en" });
  await page.getByRole("heading", { name: "Was this understood rightly?" }).waitFor();
  await it.accessible(page);
  await page.keyboard.press("r");
  await done(page, 1);
  await page.keyboard.press("u");
  await done(page, 0);
  await page.keyboard.press("s");
  await page.getByRole("combobox", { name: "Search skills" }).fill("leave.request");
  await page.keyboard.press("Enter");
  await page.getByText(/Teach it: this means/).waitFor();
  await page.getByText(/sentences said before/).waitFor();
  await it.shoot(page, "review-en");
  await it.accessible(page);
  await page.keyboard.press("Escape");
  await page.getByText(/Teach it/).waitFor({ state: "detached" });
  await done(page, 0);
  await page.keyboard.press("o");
  await page.getByText(/sentences said before/).waitFor();
  await page.keyboard.press("Enter");
  await done(page, 1);
  await page.keyboard.press("u");
  await done(page, 0);
});

test("the queue is walked through, and keys can be switched off", async () => {
  const page = await it.open("/review", { language: "en", dark: true });
  const queue = page.getByRole("navigation", { name: "To review" });
  const here = async () =>
    queue.locator("[aria-current]").evaluate((one) => [...one.parentElement.children].indexOf(one));
  await queue.waitFor();
  assert.equal(await here(), 0);
  await page.keyboard.press("j");
  assert.equal(await here(), 1);
  await page.keyboard.press("ArrowDown");
  assert.equal(await here(), 2);
  await page.keyboard.press("k");
  assert.equal(await here(), 1);
  await page.getByRole("switch", { name: "Keys" }).click();
  await page.keyboard.press("j");
  assert.equal(await here(), 1);
  await it.accessible(page);
});

test("suggestions have a tab of their own", async () => {
  const page = await it.open("/review?tab=suggestions");
  await page.getByText("这些话小模型没听懂").waitFor();
  await page.getByText("待决定", { exact: true }).waitFor();
  await it.accessible(page);
});
