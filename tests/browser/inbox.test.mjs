// What waits for a person, and what nobody knows the outcome of.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HOSTILE, stage } from "./stage.mjs";

const it = await stage();

test("a request that a person carries out is taken and done, and the user is told", async () => {
  const document = `采购合同${Date.now()}`;
  const asked = await it.say("我要用公章，盖在文件上", { user: "E1002" });
  const more = { user: "E1002", conversation_id: asked.conversation_id };
  if (asked.dialog_action.type === "ElicitSlot") await it.say(document, more);
  const waits = await it.say("是的", more);
  assert.match(waits.answer, /交给同事/);
  const page = await it.open("/inbox");
  await page.locator(`tr[data-row-key]`, { hasText: document }).first().getByRole("button").click();
  const drawer = page.getByRole("dialog", { name: "待办详情" });
  await drawer.getByText("公章", { exact: true }).waitFor();
  await drawer.getByRole("button", { name: /^领\s?取$/ }).click();
  await drawer.getByText("处理中").waitFor();
  await drawer.getByText("办结", { exact: true }).click();
  await drawer.getByText("用户会在对话中收到技能的回复").waitFor();
  await drawer.getByLabel("备注").fill(HOSTILE[1]);
  await drawer.getByRole("button", { name: "添加一项" }).click();
  await drawer.getByLabel("第 1 项的名称").fill("number");
  await drawer.getByLabel("第 1 项的内容").fill("YZ-17");
  await it.shoot(page, "inbox-done-zh");
  await it.accessible(page);
  await drawer.getByRole("button", { name: "确认办结" }).click();
  await drawer.getByText("已办结", { exact: true }).waitFor();
  await drawer.getByText(HOSTILE[1]).waitFor();
  const told = await it.say("好了吗", more);
  assert.match(JSON.stringify(told), new RegExp(document));
  await it.accessible(page);
});

test("a conversation that was handed over is declined with a reason", async () => {
  const said = HOSTILE[0];
  const { conversation_id } = await it.say(said, { user: "E1003" });
  await it.say("talk to a human", { user: "E1003", conversation_id });
  const page = await it.open("/inbox", {
    language: "en",
    dark: true,
    width: 900,
  });
  await page
    .getByRole("row", { name: /Wants a person/ })
    .last()
    .getByRole("button")
    .click();
  const drawer = page.getByRole("dialog", { name: "What is to be done" });
  await drawer.getByText(said).first().waitFor();
  await drawer.getByText("Decline", { exact: true }).click();
  assert(await drawer.getByRole("button", { name: "Decline it" }).isDisabled());
  await drawer.getByLabel("Reason").fill("Not ours");
  await it.shoot(page, "inbox-decline-en");
  await it.accessible(page);
  await drawer.getByRole("button", { name: "Decline it" }).click();
  await drawer.getByText("Not ours").waitFor();
});

test("somebody says what became of a run whose outcome is unknown", async () => {
  const run = {
    id: "01935b4e-7c2a-7d3e-9f10-2a1b3c4d5e6f",
    conversation_id: "01935b4e-8d3b-7e4f-a021-3b2c4d5e6f70",
    message_id: "01935b4e-8d3b-7e4f-a021-3b2c4d5e6f71",
    skill: "refund.request",
    skill_version: 1,
    effect: "money",
    slots: { order: "SO-20318", reason: HOSTILE[1] },
    status: "unknown",
    attempt: 1,
    error: { reason: "deadline", message: "no answer within 10 s" },
    created_at: new Date(Date.now() - 3_600_000).toISOString(),
    attempts: [
      {
        attempt: 1,
        started_at: new Date(Date.now() - 3_600_000).toISOString(),
        ended_at: new Date(Date.now() - 3_590_000).toISOString(),
        outcome: "unknown",
        status: null,
        error: { message: "no answer within 10 s" },
      },
    ],
  };
  const sent = [];
  const page = await it.open("/profile", { language: "en" });
  // Another system that never answers is not at hand: the list is what it would be after that.
  await page.route(/\/runs(\/|\?)/, (route) => {
    const request = route.request();
    if (request.method() === "POST") sent.push(request.postDataJSON());
    const isOne = request.url().includes(run.id);
    return route.fulfill({
      json: isOne ? run : { data: sent.length ? [] : [run], has_more: false, limit: 20 },
    });
  });
  await page.getByRole("link", { name: "Inbox" }).click();
  await page.getByRole("tab", { name: /Outcome unknown/ }).click();
  await page.getByRole("button", { name: "Open Request a refund" }).click();
  const drawer = page.getByRole("dialog", { name: "What was tried" });
  await drawer.getByText(HOSTILE[1]).waitFor();
  await drawer.getByRole("radio", { name: /try again/ }).check();
  await drawer.getByText("moves the money twice").waitFor();
  const again = drawer.getByRole("button", { name: "Try again" });
  assert(await again.isDisabled());
  await drawer.getByRole("checkbox").check();
  await drawer.getByLabel("How you know").fill("The ledger has no such refund");
  await it.shoot(page, "unknown-en");
  await it.accessible(page);
  await again.click();
  await page.getByText("There is nothing whose outcome is unknown").waitFor();
  assert.deepEqual(sent, [{ verdict: "retry", note: "The ledger has no such refund" }]);
});
