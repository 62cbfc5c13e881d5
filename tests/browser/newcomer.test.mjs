// The first five minutes: from the login to a changed skill that is live, along the steps that the console shows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stage } from "./stage.mjs";

const it = await stage();
/** What somebody new presses and types from the login to a published change; more would be a step back. */
const MOST_STEPS = 9;

test("somebody new logs in, adds what people say, tries it and publishes it, in few steps", async () => {
  const page = await it.open("/skills", { language: "zh", as: "nobody" });
  let steps = 0;
  const press = async (what) => {
    steps += 1;
    await what.click();
  };
  const type = async (field, text, enter = false) => {
    steps += 1;
    await field.fill(text);
    if (enter) await field.press("Enter");
  };
  const said = `给我安排一次带薪休整 ${Date.now() % 10_000}`;
  await type(page.getByLabel("邮箱"), process.env.PAIGONG_OWNER);
  await type(page.getByLabel("密码", { exact: true }), process.env.PAIGONG_PASSWORD, true);
  const steps4 = page.getByText("第一次使用？四步上手");
  await steps4.waitFor();
  await press(page.getByRole("link", { name: "请假申请", exact: true }));
  await type(page.getByLabel("新增：例句"), said, true);
  await page.getByRole("status").getByText("已保存", { exact: true }).waitFor();
  await type(page.getByLabel("对草稿说的话"), said, true);
  await page.getByText("听成了什么").waitFor();
  await page.getByText("请哪种假").first().waitFor();
  await it.accessible(page);
  await it.shoot(page, "newcomer-tried-zh");
  // A button of the answer says what it means, not only its words.
  await page.getByRole("region", { name: "试用" }).getByRole("button", { name: "年假", exact: true }).click();
  await page.getByRole("region", { name: "试用" }).getByText("从哪天").first().waitFor();
  await press(page.getByRole("button", { name: "发布…" }));
  const drawer = page.getByRole("dialog", { name: "发布" });
  await drawer.getByText(said, { exact: false }).waitFor();
  await type(drawer.getByLabel("说明改了什么（记入历史）"), "同事也这样说");
  await it.accessible(page);
  await it.shoot(page, "newcomer-publish-zh");
  // The tests of every skill were run. Where some fail that have nothing to do with the change, that is one tick more.
  await drawer.getByText(/个测试全部通过|个测试没通过/).waitFor({ timeout: 90_000 });
  const despite = drawer.getByRole("checkbox");
  if (await despite.isVisible()) await press(despite);
  await press(drawer.getByRole("button", { name: "发布上线" }));
  await page.getByText("线上第 2 版", { exact: true }).waitFor();
  assert(steps <= MOST_STEPS, `${steps} steps`);

  const answer = await it.say(said);
  assert.equal(answer.dialog_action.skill, "leave.request");
  const at = `${it.path}/skills/leave.request`;
  await it.api("POST", `${at}/restore`, { version: 1, note: "as it was" });
});
