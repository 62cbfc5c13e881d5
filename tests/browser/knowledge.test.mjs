// Knowledge: a source made, files dropped in with what became of each, who may read it, what a question finds, deleted again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HOSTILE, stage } from "./stage.mjs";

const it = await stage();
const file = (name, text) => ({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

test("documents are uploaded, found, shown and deleted", async () => {
  const name = `canteen-${Date.now()}`;
  const page = await it.open("/knowledge", { language: "en" });
  await page.getByRole("heading", { name: "handbook" }).waitFor();
  await it.accessible(page);
  await it.shoot(page, "knowledge-en");
  await page.getByRole("button", { name: "New source" }).click();
  const dialog = page.getByRole("dialog", { name: "New source" });
  await dialog.getByLabel(/^Name/).fill("The Canteen");
  await dialog.getByText("Use a–z").waitFor();
  await dialog.getByLabel(/^Name/).fill(name);
  await dialog.getByRole("button", { name: "Make it" }).click();
  const card = page.locator(".ant-card").filter({ has: page.getByRole("heading", { name, exact: true }) });
  await card.getByText("0 documents, 0 passages").waitFor();

  await card
    .locator("input[type=file]")
    .first()
    .setInputFiles([
      file(
        "menu.md",
        "# Canteen\n\n## Opening hours\n\nThe canteen serves zucchini soup from 11:20 to 13:40 on working days.\n",
      ),
      file("hostile.md", `# ${HOSTILE[0]}\n\n## ${HOSTILE[1]}\n\n${HOSTILE.join("\n\n")}\n`),
      file("empty.pdf", "this is no pdf"),
      file("photo.exe", "MZ"),
    ]);
  const uploads = card.getByRole("group", { name: "Uploads" });
  await uploads.getByText("4 / 4").waitFor();
  await uploads.getByText(/Files of this kind can't be read/).waitFor();
  assert.equal(await uploads.getByLabel("Failed", { exact: true }).count(), 2);
  await card.getByText("menu.md").last().waitFor();
  await it.accessible(page);
  await it.shoot(page, "knowledge-uploads-en");

  // The same again is no change.
  await uploads.getByRole("button", { name: "Close" }).click();
  await card
    .locator("input[type=file]")
    .first()
    .setInputFiles([
      file(
        "menu.md",
        "# Canteen\n\n## Opening hours\n\nThe canteen serves zucchini soup from 11:20 to 13:40 on working days.\n",
      ),
    ]);
  await uploads.getByText("unchanged").waitFor();

  const search = page.getByRole("searchbox", { name: "Question" });
  await search.fill("When does the canteen serve zucchini soup?");
  await search.press("Enter");
  await page.getByText("This would be answered from what was found").waitFor();
  await page.getByRole("listitem").getByText("11:20 to 13:40").first().waitFor();
  await it.accessible(page);
  await it.shoot(page, "knowledge-search-en");
  await search.fill("Who won the football match on the moon?");
  await search.press("Enter");
  await page.getByText("Not sure enough").waitFor();

  await card.getByRole("button", { name: "See the passages of hostile.md" }).click();
  await page.getByRole("dialog").getByText(HOSTILE[3]).first().waitFor();
  await it.accessible(page);
  await it.shoot(page, "knowledge-passages-en");
  await page.keyboard.press("Escape");

  await card.getByRole("button", { name: "Who may read it…" }).click();
  const readers = page.getByRole("dialog", { name: /Who may read/ });
  await readers.getByText("Those of whom a condition holds").click();
  await readers.getByLabel("Condition", { exact: true }).fill("context.role ==");
  await readers.getByRole("button", { name: "Save" }).click();
  await readers.getByRole("alert").waitFor();
  await it.accessible(page);
  await it.shoot(page, "knowledge-readers-en");
  await readers.getByLabel("Condition", { exact: true }).fill('context.role == "cook"');
  await readers.getByRole("button", { name: "Save" }).click();
  await readers.waitFor({ state: "detached" });
  await card.getByText("Some may read it").waitFor();
  const { data } = await it.api("GET", `${it.path}/knowledge`);
  assert.equal(data.find((source) => source.name === name).requires, 'context.role == "cook"');

  await card.getByRole("button", { name: "Delete hostile.md" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await card.getByText("hostile.md").first().waitFor({ state: "detached" });
  await card.getByRole("button", { name: `${name}: more` }).click();
  await page.getByRole("menuitem", { name: "Delete the whole source…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("heading", { name, exact: true }).waitFor({ state: "detached" });
  const left = await it.api("GET", `${it.path}/knowledge`);
  assert(!left.data.some((source) => source.name === name));
});

test("nothing, and a server that fails, are said in Chinese and dark", async () => {
  const app = await it.api("POST", `/admin/v1/tenants/${it.tenant}/apps`, {
    name: `zz knowledge ${Date.now()}`,
    language: "zh",
  });
  const page = await it.open("/knowledge", { language: "zh", dark: true, app: app.id });
  await page.getByText("还没有文档。先建一个来源").waitFor();
  await it.accessible(page);
  await it.shoot(page, "knowledge-empty-zh");
  const broken = { status: 500, contentType: "application/problem+json", body: JSON.stringify({ detail: HOSTILE[1] }) };
  await page.route("**/admin/v1/**/knowledge", (route) => route.fulfill(broken));
  await page.reload();
  await page.getByRole("alert").getByText(HOSTILE[1]).waitFor();
  await it.accessible(page);
  await it.shoot(page, "knowledge-failed-zh");
  await page.unroute("**/admin/v1/**/knowledge");
  await page.getByRole("button", { name: "重试" }).click();
  await page.getByText("还没有文档。先建一个来源").waitFor();
});
