// Skills: finding one, making one, writing it by form and as text, trying it, publishing it; two editors at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HOSTILE, stage } from "./stage.mjs";

const it = await stage();
const saved = (page) => page.getByRole("status").getByText("Saved", { exact: true }).waitFor();

test("a skill is made, written, tried and published", async () => {
  const page = await it.open("/skills", { language: "en" });
  await page.getByRole("link", { name: "Request leave" }).waitFor();
  await it.accessible(page);
  await it.shoot(page, "skills-en");
  await page.getByRole("button", { name: "New skill" }).click();
  const name = `office.open_${Date.now()}`;
  await page.getByLabel("Chinese title").fill("办公室开门时间");
  await page.getByLabel("English title").fill(HOSTILE[1]);
  await page.getByLabel("Name (can't be changed later)").fill(name);
  await page.getByLabel(/What people say/).fill(["办公室几点开门", "When does the office open", HOSTILE[0]].join("\n"));
  await page.getByRole("button", { name: "Begin a draft" }).click();
  await page.getByRole("heading", { name: HOSTILE[1] }).waitFor();

  await page.getByLabel("Add: Examples").fill("opening hours of the office on Friday");
  await page.keyboard.press("Enter");
  await page.getByLabel("Name of one more").fill("day");
  await page.keyboard.press("Enter");
  await page
    .getByRole("button", {
      name: "opening hours of the office on Friday",
      exact: true,
    })
    .click();
  const field = page.getByLabel("Example", { exact: true });
  await field.evaluate((input) => input.setSelectionRange(31, 37));
  await page.getByRole("button", { name: "Mark as day 1" }).click();
  assert.equal(await field.inputValue(), "opening hours of the office on [Friday](day)");
  await page.keyboard.press("Enter");
  await saved(page);
  await it.accessible(page);
  await it.shoot(page, "skill-form-en");

  const words = page.getByLabel("What to say to the draft");
  await words.fill("When does the office open");
  await words.press("Enter");
  await page.getByText("What it was taken for").waitFor();
  await page.getByText("Done.", { exact: true }).last().waitFor();
  await it.accessible(page);

  await page.getByRole("tab", { name: "YAML" }).click();
  await page.getByRole("textbox", { name: "The skill as YAML" }).waitFor();
  await it.accessible(page);
  await it.shoot(page, "skill-yaml-en");

  await page.getByRole("button", { name: "Publish…" }).click();
  await page.getByLabel("What is new (kept in the history)").fill("the first one");
  await page.getByText("is new", { exact: false }).last().waitFor();
  await it.shoot(page, "skill-publish-en");
  await page.getByRole("button", { name: "Publish", exact: true }).click();
  await page.getByText("Version 1 is live", { exact: true }).waitFor();
  await page.getByRole("button", { name: "History" }).click();
  await page.getByText("the first one").waitFor();
  await it.accessible(page);
  const { live } = await it.api("GET", `${it.path}/skills/${name}`);
  assert.deepEqual(live.manifest.slots.properties.day.type, "string");
  await it.api("POST", `${it.path}/skills/${name}/withdraw`);
});

test("who is new sees the first steps, follows one, and closes them", async () => {
  const page = await it.open("/skills", { language: "zh" });
  const steps = page.getByText("第一次使用？四步上手");
  await steps.waitFor();
  await it.accessible(page);
  await it.shoot(page, "skills-first-zh");
  await page.getByRole("list").getByRole("link").first().click();
  await page.waitForURL(/\/skills\/.+/);
  await page.goBack();
  await page.getByRole("button", { name: "收起“第一次使用”" }).click();
  await steps.waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("heading", { name: "技能" }).waitFor();
  assert.equal(await steps.count(), 0);
});
