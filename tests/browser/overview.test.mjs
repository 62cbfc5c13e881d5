// The overview: figures with their meaning, charts with a table in place of each, skills to sort, a file to take along.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { before, test } from "node:test";
import { stage } from "./stage.mjs";

const it = await stage();

before(async () => {
  await it.say("查一下我的年假余额");
  await it.say("How many days of annual leave do I have left?");
  for (let round = 0; round < 60; round += 1) {
    const { total } = await it.api("GET", `${it.path}/analytics?group=language`);
    if (total.turns >= 2) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  assert.fail("nothing was counted");
});

test("figures, charts and tables", async () => {
  const page = await it.open("/overview", { language: "en" });
  await page.getByText("The share of tasks begun that were done or answered.").first().waitFor();
  await page.getByRole("img", { name: /^Messages: highest/ }).waitFor();
  await it.shoot(page, "overview-en");
  await it.accessible(page);
  await page.getByRole("button", { name: "Messages: Show as a table" }).click();
  await page.getByRole("columnheader", { name: "Day" }).waitFor();
  await page.getByText("7 days", { exact: true }).click();
  await page.waitForURL(/since=/);
  await page.getByText("By language", { exact: true }).click();
  await page.getByRole("cell", { name: "Chinese" }).waitFor();
  await it.accessible(page);
});

test("skills are sorted, numbers are saved", async () => {
  const page = await it.open("/overview", { dark: true });
  await page.getByRole("columnheader", { name: "技能" }).click();
  await page.getByRole("columnheader", { name: "技能" }).and(page.locator("[aria-sort=ascending]")).waitFor();
  await it.shoot(page, "overview-dark");
  await it.accessible(page);
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "下载 CSV" }).click();
  const text = await readFile(await (await download).path(), "utf8");
  assert.match(text, /key,turns/);
});

test("a period without anything says so", async () => {
  const page = await it.open("/overview?since=2020-01-01&until=2020-01-31", { language: "en" });
  await page.getByText("Nobody said anything in this period").waitFor();
});
