// The life of a skill: tests written and run, published despite one that fails, restored, taken out.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { HOSTILE, stage } from "./stage.mjs";

const it = await stage();
const skill = `desk.life_${Date.now()}`;
const at = `${it.path}/skills/${skill}`;

before(async () => {
  const text = `skill: ${skill}
title: {zh: 浇花, en: Water the plants}
effect: read
examples:
  - 请给二楼的绿萝浇水
  - please water the ferns on the second floor
run:
  sql: SELECT 'ok' AS result WHERE :tenant_id IS NOT NULL
reply: {zh: 浇好了, en: They are watered}
empty: {zh: 没有花, en: No plants}
`;
  await it.api("PUT", `${at}/draft`, { text, pack: "hr" });
});

/** Types over what is in an editor. */
async function write(page, label, text) {
  await page.getByRole("textbox", { name: label }).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
}

const TESTS = `tests:
  - name: The ferns are watered
    user: E1001
    turns:
      - {user: please water the ferns on the second floor, action: Close, skill: ${skill}, reply: [watered]}
`;

test("tests are written, refused with their line, and run", async () => {
  const page = await it.open(`/skills/${skill}?view=tests`, { language: "en" });
  await page.getByRole("button", { name: "Begin with the first example" }).click();
  await page.getByText("Changes not saved yet").waitFor();
  await write(page, "The tests as YAML", "tests:\n- name: one\n  turns:\n  - {usr: hello}\n");
  await page.getByRole("button", { name: "Save the tests" }).click();
  await page
    .getByText(/line 4/i)
    .first()
    .waitFor();
  await it.accessible(page);
  await it.shoot(page, "tests-unreadable-en");
  const wrong = TESTS.replace("[watered]", `[${JSON.stringify(HOSTILE[0])}]`).replace(
    "The ferns are watered",
    "Wrong on purpose",
  );
  await write(page, "The tests as YAML", `${TESTS}${wrong.replace("tests:\n", "")}`);
  await page.getByRole("button", { name: "Run the tests" }).click();
  // With those of the other skills.
  await page.getByText(/^\d+ failed, \d+ passed$/).waitFor({ timeout: 90_000 });
  await page.getByText("Wrong on purpose").last().waitFor();
  await page.getByText("Message 1").first().waitFor();
  await page.getByText("They are watered").last().waitFor();
  await page.getByText(HOSTILE[0]).last().waitFor();
  await it.accessible(page);
  await it.shoot(page, "tests-failed-en");
  assert.equal((await it.api("GET", `${at}/tests`)).revision, 1);
  // What somebody else stores meanwhile is not overwritten.
  await it.api("PUT", `${at}/tests`, { text: TESTS }, { "If-Match": `"1"` });
  await write(page, "The tests as YAML", `# mine\n${TESTS}${wrong.replace("tests:\n", "")}`);
  await page.getByRole("button", { name: "Save the tests" }).click();
  await page.getByText("Somebody else changed these tests").waitFor();
  await it.accessible(page);
  await it.shoot(page, "tests-conflict-en");
  await page.getByRole("button", { name: "Keep mine, over theirs" }).click();
  await page.getByText("Somebody else changed these tests").waitFor({ state: "detached" });
  const stored = await it.api("GET", `${at}/tests`);
  assert.match(stored.text, /^# mine/);
  assert.equal(stored.revision, 3);
});

test("a draft whose tests fail is published only by who says so", async () => {
  const page = await it.open(`/skills/${skill}`, { language: "zh" });
  await page.getByRole("button", { name: "发布…" }).click();
  const drawer = page.getByRole("dialog", { name: "发布" });
  await drawer.getByText(/^\d+ 个测试没通过，\d+ 个通过$/).waitFor({ timeout: 90_000 });
  await drawer.getByText("Wrong on purpose").waitFor();
  await drawer.getByLabel("说明改了什么（记入历史）").fill("第一版");
  const button = drawer.getByRole("button", { name: "发布上线" });
  assert(await button.isDisabled());
  await it.accessible(page);
  await it.shoot(page, "publish-failing-zh");
  await drawer.getByText("我知道有测试没通过").click();
  await button.click();
  await page.getByText("线上第 1 版", { exact: true }).waitFor();
});

test("a version is restored, and the skill is taken out", async () => {
  const { live } = await it.api("GET", at);
  const second = await it.api("PUT", `${at}/draft`, { text: live.text.replace("浇好了", "都浇好了") });
  const body = { note: HOSTILE[1], despite_failures: true };
  await it.api("POST", `${at}/draft/publish`, body, { "If-Match": `"${second.revision}"` });
  const page = await it.open(`/skills/${skill}`, { language: "en", dark: true });
  await page.getByText("Version 2 is live", { exact: true }).waitFor();
  await page.getByRole("button", { name: "History" }).click();
  await page.getByText(HOSTILE[1]).waitFor();
  await it.accessible(page);
  await it.shoot(page, "history-dark-en");
  await page.getByRole("button", { name: "Restore" }).click();
  const dialog = page.getByRole("dialog", { name: "Make version 1 live again?" });
  await dialog.getByLabel(/^Why/).fill("the first was better");
  await it.accessible(page);
  await dialog.getByRole("button", { name: "Make it live" }).click();
  await page.getByText("Version 1 is live", { exact: true }).waitFor();
  await dialog.waitFor({ state: "detached" });
  const restored = await it.api("GET", at);
  assert.match(restored.live.text, /: 浇好了/);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "More" }).click();
  await page.getByRole("menuitem", { name: "Take it out" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take it out" }).click();
  await page.getByText("Not live", { exact: true }).waitFor();
  assert.equal((await it.api("GET", at)).live, null);
  await it.accessible(page);
});

test("a conversation becomes a test of its skill", async () => {
  const own = "leave.balance";
  const { text, revision } = await it.api("GET", `${it.path}/skills/${own}/tests`);
  const { conversation_id } = await it.say("查一下我的年假余额");
  const page = await it.open(`/conversations/${conversation_id}`, { language: "zh" });
  await page.getByRole("button", { name: "做成测试" }).click();
  await page.getByRole("button", { name: /加入“.+”的测试/ }).click();
  await page.getByRole("button", { name: "去看看" }).click();
  await page.getByRole("textbox", { name: "测试的 YAML 文本" }).getByText("查一下我的年假余额").first().waitFor();
  await it.accessible(page);
  await it.shoot(page, "tests-made-zh");
  const after = await it.api("GET", `${it.path}/skills/${own}/tests`);
  assert(after.revision > revision);
  await it.api("PUT", `${it.path}/skills/${own}/tests`, { text }, { "If-Match": `"${after.revision}"` });
});
