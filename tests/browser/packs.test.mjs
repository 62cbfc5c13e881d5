// Packs as files: a zip saved and brought in again, several files brought in as drafts.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { HOSTILE, stage } from "./stage.mjs";

const it = await stage();

async function discard(skill) {
  const { draft } = await it.api("GET", `${it.path}/skills/${skill}`);
  await it.api("DELETE", `${it.path}/skills/${skill}/draft`, undefined, { "If-Match": `"${draft.revision}"` });
}

test("a pack is saved as a zip and brought in as drafts", async () => {
  const page = await it.open("/skills", { language: "en" });
  await page.getByRole("button", { name: "Export" }).click();
  const saving = page.waitForEvent("download");
  await page.getByRole("link", { name: "field.zip" }).click();
  const saved = await saving;
  assert.equal(saved.suggestedFilename(), "field.zip");
  const zip = await readFile(await saved.path());
  assert.equal(zip.subarray(0, 2).toString(), "PK");
  await page.getByRole("button", { name: "Import" }).click();
  const dialog = page.getByRole("dialog", { name: "Import skills" });
  await dialog
    .locator("input[type=file]")
    .setInputFiles({ name: "field.zip", mimeType: "application/zip", buffer: zip });
  await dialog.getByText("1 files: field.zip").waitFor();
  await it.accessible(page);
  await it.shoot(page, "import-zip-en");
  await dialog.getByRole("button", { name: "Import as drafts" }).click();
  await dialog.getByText(/skills have a new draft/).waitFor();
  await it.accessible(page);
  await it.shoot(page, "import-done-en");
  await dialog.getByRole("button", { name: "Done" }).click();
  const { data } = await it.api("GET", `${it.path}/skills`);
  const drafts = data.filter(({ pack, state }) => pack === "field" && state === "draft");
  assert(drafts.length >= 10, `${drafts.length} drafts`);
  for (const { skill } of drafts) await discard(skill);
});

test("several files are brought in at once; what can't be read is said", async () => {
  const name = `desk.pack_${Date.now()}`;
  const text = `skill: ${name}
title: {zh: ${JSON.stringify(HOSTILE[0])}, en: ${JSON.stringify(HOSTILE[1])}}
effect: read
examples: [借一把伞, borrow an umbrella]
run: {sql: SELECT 'ok' AS result WHERE :tenant_id IS NOT NULL}
reply: {zh: 好, en: Done}
empty: {zh: 没有, en: None}
`;
  const tests = `tests:\n  - {name: umbrella, user: E1001, turns: [{user: borrow an umbrella, skill: ${name}}]}\n`;
  const file = (name, text) => ({ name, mimeType: "text/yaml", buffer: Buffer.from(text) });
  const page = await it.open("/skills", { language: "zh" });
  await page.getByRole("button", { name: "导入" }).click();
  const dialog = page.getByRole("dialog", { name: "导入技能" });
  await dialog.locator("input[type=file]").setInputFiles([file("broken.json", "{")]);
  await dialog.getByText("broken.json 读不懂").waitFor();
  await dialog.locator("input[type=file]").setInputFiles([file("a.zip", "no zip at all")]);
  await dialog.getByRole("button", { name: "导入为草稿" }).click();
  await dialog.getByRole("alert").waitFor();
  await it.shoot(page, "import-failed-zh");
  await dialog.getByRole("button", { name: "都不要了" }).click();
  await dialog
    .locator("input[type=file]")
    .setInputFiles([file(`${name}.skill.yaml`, text), file(`${name}.test.yaml`, tests)]);
  await dialog.getByText("2 个文件：").waitFor();
  await dialog.getByRole("button", { name: "导入为草稿" }).click();
  await dialog.getByText("1 个技能有了草稿").waitFor();
  await dialog.getByText("1 个技能有了测试").waitFor();
  await it.accessible(page);
  await dialog.getByRole("button", { name: "好的" }).click();
  await page.getByRole("link", { name: HOSTILE[0] }).waitFor();
  await it.accessible(page);
  await it.shoot(page, "skills-hostile-zh");
  await discard(name);
});
