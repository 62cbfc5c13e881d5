// Writing a skill: slots renamed, words marked with the keyboard, findings that lead to their place, two editors made one.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { HOSTILE, stage } from "./stage.mjs";

const it = await stage();
const saved = (page, words = "Saved") => page.getByRole("status").getByText(words, { exact: true }).waitFor();

const made = [];
after(async () => {
  for (const skill of made) {
    const { draft } = await it.api("GET", `${it.path}/skills/${skill}`);
    const headers = { "If-Match": `"${draft.revision}"` };
    await it.api("DELETE", `${it.path}/skills/${skill}/draft`, undefined, headers);
  }
});

/** A draft that can be published but for what is said to be wrong with it. */
async function draft(name, change = (text) => text) {
  const skill = `desk.${name}_${Date.now()}`;
  const text = change(`skill: ${skill}
title: {zh: 订工位, en: Book a desk}
effect: read
examples:
  - 订[周五](day)的工位
  - a desk on Friday
slots:
  type: object
  required: [day]
  properties:
    day: {type: string, x-title: {zh: 哪天, en: day}}
rules:
  - check: slots.day != ''
    say: {zh: "{{ day }}不行", en: "Not on {{ day }}"}
    slot: day
run:
  sql: SELECT 'ok' AS result WHERE :tenant_id IS NOT NULL AND :day IS NOT NULL
reply: {zh: "{{ day }}的工位订好了", en: "A desk is yours on {{ slots.day }}"}
empty: {zh: 没有了, en: None left}
`);
  await it.api("PUT", `${it.path}/skills/${skill}/draft`, { text, pack: "hr" });
  made.push(skill);
  return { skill, text, at: `${it.path}/skills/${skill}` };
}

test("a slot gets another name, and everything that says it goes along", async () => {
  const { skill, at } = await draft("rename");
  const page = await it.open(`/skills/${skill}`, { language: "en" });
  await page.getByRole("button", { name: /day day Text Required/ }).click();
  await page.getByRole("button", { name: "Rename…" }).click();
  const dialog = page.getByRole("dialog", { name: "Rename “day”" });
  const name = dialog.getByLabel("New name");
  await name.fill("Day!");
  await dialog.getByText("Begin with a letter").waitFor();
  assert(await dialog.getByRole("button", { name: "Rename" }).isDisabled());
  await name.fill("desk_day");
  await dialog.getByText(/examples \(1\)/).waitFor();
  await it.accessible(page);
  await it.shoot(page, "slot-rename-en");
  await name.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await saved(page);
  const { draft: written } = await it.api("GET", at);
  for (const part of [
    "订[周五](desk_day)的工位",
    "required: [desk_day]",
    "desk_day: {type: string",
    "check: slots.desk_day != ''",
    "Not on {{ desk_day }}",
    "slot: desk_day",
    ":desk_day IS NOT NULL",
    "{{ desk_day }}的工位",
    "{{ slots.desk_day }}",
  ])
    assert(written.text.includes(part), `${part} in ${written.text}`);
  const lint = await it.api("POST", `${at}/draft/lint`);
  assert.deepEqual(
    lint.findings.filter(({ severity }) => severity === "error"),
    [],
  );
});

test("words are marked with the keyboard alone", async () => {
  const { skill, at } = await draft("mark");
  const page = await it.open(`/skills/${skill}`, { language: "en" });
  await page.getByRole("button", { name: "a desk on Friday", exact: true }).focus();
  await page.keyboard.press("Enter");
  const field = page.getByLabel("Example", { exact: true });
  await field.waitFor();
  await page.keyboard.press("Alt+1");
  await page.getByText("Select the words to mark first").waitFor();
  await page.keyboard.press("End");
  for (let times = 0; times < "Friday".length; times += 1) await page.keyboard.press("Shift+ArrowLeft");
  await page.keyboard.press("Alt+1");
  await page.getByText("“Friday” is marked as day").waitFor();
  assert.equal(await field.inputValue(), "a desk on [Friday](day)");
  await it.accessible(page);
  await it.shoot(page, "marking-en");
  // The same key takes it away again; the button does what the key does.
  await page.keyboard.press("Alt+1");
  await page.getByText("“Friday” is no longer marked").waitFor();
  assert.equal(await field.inputValue(), "a desk on Friday");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "Mark as day 1");
  await page.keyboard.press("Enter");
  assert.equal(await field.inputValue(), "a desk on [Friday](day)");
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
  await saved(page);
  assert.match((await it.api("GET", at)).draft.text, /a desk on \[Friday\]\(day\)/);
});

test("a finding leads to its field in the form and to its line in the text", async () => {
  const { skill } = await draft("wrong", (text) =>
    text
      .replace("    day: {type", "    seat: {type: string, x-title: {zh: 座位, en: seat}}\n    day: {type")
      .replace("required: [day]", "required: [day, seat]"),
  );
  const page = await it.open(`/skills/${skill}`, { language: "en" });
  await page.getByRole("button", { name: "Go to slots.seat in the form" }).first().click();
  await page.locator(`[data-place="slots.seat"]`).waitFor();
  await page.waitForFunction(() => document.activeElement?.closest(`[data-place="slots.seat"]`) !== null);
  await it.accessible(page);
  await page
    .getByRole("button", { name: /^See it in the YAML/ })
    .last()
    .click();
  await page.getByRole("textbox", { name: "The skill as YAML" }).waitFor();
  await page.waitForFunction(() => document.querySelector(".cm-activeLine")?.textContent?.includes("seat"));
  await it.accessible(page);
});

test("two editors' drafts become one, and nothing is lost", async () => {
  const { skill, text, at } = await draft("merge");
  const page = await it.open(`/skills/${skill}`, { language: "zh", dark: true });
  const title = page.getByLabel("标题 · 中文");
  await title.waitFor();
  const theirs = await it.api(
    "PUT",
    `${at}/draft`,
    {
      text: text
        .replace("订工位", "订个工位")
        .replace("examples:", `examples:\n  - ${JSON.stringify(HOSTILE[1])}`)
        .replace("None left", "Nothing left"),
    },
    { "If-Match": `"1"` },
  );
  await title.fill("订座位");
  const dialog = page.getByRole("dialog", { name: "别人也改了这份草稿" });
  await dialog.waitFor();
  await page.getByLabel("标题：用谁的").waitFor();
  assert(await dialog.getByRole("button", { name: "用合并后的" }).isDisabled());
  await it.accessible(page);
  await it.shoot(page, "skill-merge-zh");
  await page.getByLabel("标题：用谁的").getByText("我的").click();
  await dialog.getByRole("button", { name: "看文本，也可以直接改" }).click();
  await dialog.getByRole("textbox", { name: "合并后的文本" }).waitFor();
  await it.accessible(page);
  await it.shoot(page, "skill-merge-text-zh");
  await dialog.getByRole("button", { name: "用合并后的" }).click();
  await dialog.waitFor({ state: "detached" });
  await saved(page, "已保存");
  const { draft: both } = await it.api("GET", at);
  assert.equal(both.revision, theirs.revision + 1);
  for (const part of ["订座位", HOSTILE[1].slice(2, 12), "Nothing left"])
    assert(both.text.includes(part), `${part} in ${both.text}`);
});

test("a long name of an app leaves the head as it is", async () => {
  const app = await it.api("POST", `/admin/v1/tenants/${it.tenant}/apps`, {
    name: `zz ${Date.now()} ${HOSTILE[0]}${"很长的名字".repeat(20)}`,
    language: "zh",
  });
  const page = await it.open("/skills", { language: "zh", width: 1280, app: app.id });
  const select = page.locator("header .ant-select").last();
  await select.waitFor();
  assert((await select.boundingBox()).width <= 260);
  await page.getByRole("button", { name: "王伟" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
  await it.accessible(page);
  await it.shoot(page, "frame-long-zh");
});
