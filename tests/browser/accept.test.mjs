// The first visit and one's own profile: an invitation becomes an account, which gets another language and password.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HOSTILE, stage } from "./stage.mjs";

const it = await stage();
const PASSWORD = "three unrelated words";
const invited = async (email, role = "viewer") =>
  (
    await it.api("POST", `/admin/v1/tenants/${it.tenant}/invitations`, {
      email,
      role,
    })
  ).token;

test("an invitation becomes an account, and the console opens", async () => {
  const email = `zh-${Date.now()}@example.com`;
  const page = await it.open(`/accept#token=${await invited(email)}`, {
    as: "nobody",
  });
  await page.getByLabel("邮箱").fill(email);
  await page.getByLabel("姓名").fill(HOSTILE[1]);
  await page.getByLabel("设置密码").fill("too short");
  await page.getByText("已输入 9 个").waitFor();
  await page.getByRole("button", { name: /^加\s?入$/ }).click();
  await page.getByText("密码还不符合").waitFor();
  await it.shoot(page, "accept-zh");
  await it.accessible(page);
  await page.getByLabel("设置密码").fill(PASSWORD);
  await page.getByRole("button", { name: /^加\s?入$/ }).click();
  await page.getByText(`今后请用 ${email} 登录`).waitFor();
  await page.getByRole("button", { name: HOSTILE[1] }).waitFor();
  assert(!page.url().includes("token"));
  await it.accessible(page);
});

test("a used or mistyped code is refused in words, and what was typed stays", async () => {
  const page = await it.open("/accept", {
    language: "en",
    as: "nobody",
    dark: true,
  });
  await page.getByLabel("Invitation code").fill(`${it.url}/admin/accept#token=nothing-of-that-kind`);
  await page.getByLabel("E-mail").fill("somebody@example.com");
  await page.getByLabel("Name").fill("Somebody");
  await page.getByLabel("Choose a password").fill(PASSWORD);
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.getByRole("alert").filter({ hasText: "invitation" }).waitFor();
  assert.equal(await page.getByLabel("Choose a password").inputValue(), PASSWORD);
  await it.shoot(page, "accept-refused-en");
  await it.accessible(page);
});

test("who has an account already accepts with its password", async () => {
  const page = await it.open(`/accept#token=${await invited(process.env.PAIGONG_OWNER, "owner")}`, {
    as: "nobody",
    language: "en",
  });
  await page.getByLabel("E-mail").fill(process.env.PAIGONG_OWNER);
  await page.getByLabel("Name").fill("Anybody");
  await page.getByLabel("Choose a password").fill("not the right password");
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.getByText("has an account here already").waitFor();
  await page.getByLabel("Your password").fill(process.env.PAIGONG_PASSWORD);
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.getByText("From now on, log in as").waitFor();
});

test("somebody changes name, language and password", async () => {
  const email = `profile-${Date.now()}@example.com`;
  const page = await it.open(`/accept#token=${await invited(email)}`, {
    language: "en",
    as: "nobody",
  });
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Name").fill("Li Na");
  await page.getByLabel("Choose a password").fill(PASSWORD);
  await page.getByRole("button", { name: "Join", exact: true }).click();
  await page.getByRole("button", { name: "Li Na" }).click();
  await page.getByRole("menuitem", { name: "Profile" }).click();
  await page.getByLabel("Current password").fill("a wrong password");
  await page.getByLabel("New password").fill("four words are better still");
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByRole("alert").filter({ hasText: "password" }).waitFor();
  await it.shoot(page, "profile-en");
  await it.accessible(page);
  await page.getByLabel("Current password").fill(PASSWORD);
  await page.getByRole("button", { name: "Change password" }).click();
  await page.getByText("other devices were logged out").waitFor();
  await page.getByLabel("Name").fill("李娜");
  await page.getByRole("radio", { name: "中文" }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { name: "个人资料" }).waitFor();
  await page.getByRole("button", { name: "李娜" }).waitFor();
});
