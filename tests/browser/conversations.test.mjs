// Conversations: looked for, read with why each answer was given, made into a test, erased with everything of their user.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { HOSTILE, stage } from "./stage.mjs";

const it = await stage();
const mark = Math.random().toString(36).slice(2, 8);

test("a conversation is found by its words and read", async () => {
  const { conversation_id } = await it.say(`我的打印机 ${mark} 坏了`, { user: "E1001" });
  await it.say("明天请一天年假", { user: "E1002" });
  const page = await it.open("/conversations", { language: "en" });
  await page.getByRole("textbox", { name: "Search words that were said" }).fill(mark);
  const found = page.getByRole("link", { name: mark });
  await found.waitFor();
  await page.getByText("1 conversation, and no more").waitFor();
  await it.shoot(page, "conversations-en");
  await it.accessible(page);
  await page.getByLabel("User id").fill("nobody-at-all");
  await page.getByText("No conversation matches").waitFor();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await page.getByLabel("Search words that were said").fill(mark);
  await found.click();
  assert(page.url().endsWith(`/conversations/${conversation_id}`));
  await page.getByText("Why this answer").click();
  await page.getByRole("heading", { name: "What was understood" }).waitFor();
  await page.getByRole("heading", { name: "Time taken" }).waitFor();
  await it.shoot(page, "conversation-en");
  await it.accessible(page);
});

test("why, with details and what was carried out, in Chinese and dark", async () => {
  const asked = await it.say("查一下我的年假余额", { user: "E1001" });
  const page = await it.open(`/conversations/${asked.conversation_id}`, { dark: true });
  await page.getByRole("switch", { name: "展开每个回答的原因" }).click();
  await page.getByRole("heading", { name: "记下的信息" }).waitFor();
  await page.getByRole("cell", { name: "用户身份" }).waitFor();
  await page.getByRole("heading", { name: "执行记录 (1)" }).waitFor();
  await page.waitForTimeout(400);
  await it.shoot(page, "conversation-dark");
  await it.accessible(page);
});

test("a conversation becomes a test", async () => {
  const { conversation_id } = await it.say(`查年假 ${mark}`, { user: "E1001" });
  const page = await it.open(`/conversations/${conversation_id}`, { language: "en" });
  await page.getByRole("button", { name: "Make a test" }).click();
  await page.getByLabel("The test", { exact: true }).getByText(mark).waitFor();
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Download" }).click();
  const file = await download;
  assert.match(file.suggestedFilename(), /\.test\.yaml$/);
  assert((await readFile(await file.path(), "utf8")).includes(mark));
});

test("hostile words are words; all of a user is exported and erased", async () => {
  const user = `temp ${mark} "><b>`;
  let conversation_id;
  for (const query of HOSTILE)
    ({ conversation_id } = await it.say(query, { user, ...(conversation_id ? { conversation_id } : {}) }));
  const page = await it.open(`/conversations/${conversation_id}`, { language: "en" });
  await page.getByRole("switch").click();
  for (const query of HOSTILE.slice(0, 4)) await page.getByText(query, { exact: true }).first().waitFor();
  await it.shoot(page, "conversation-hostile");
  await it.accessible(page);
  await page.getByRole("button", { name: "Personal data" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("menuitem", { name: "Export all data" }).click();
  const kept = JSON.parse(await readFile(await (await download).path(), "utf8"));
  assert.equal(kept.user, user);
  assert(JSON.stringify(kept.data).includes("DROP TABLE"));
  await page.getByRole("button", { name: "Personal data" }).click();
  await page.getByRole("menuitem", { name: "Erase all data" }).click();
  const sure = page.getByRole("button", { name: "Erase for good" });
  assert(await sure.isDisabled());
  await page.getByLabel("To confirm, type the user's id").fill(user);
  await sure.click();
  await page.getByText(/1 conversations and 5 turns are gone/).waitFor();
  const left = await it.api("GET", `${it.path}/conversations?user=${encodeURIComponent(user)}`);
  assert.deepEqual(left.data, []);
});
