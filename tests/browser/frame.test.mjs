// The frame around every page: logging in and out, languages, light and dark, the guard around the files.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stage } from "./stage.mjs";

const it = await stage();

for (const language of ["zh", "en"]) {
  test(`somebody logs in and out (${language})`, async () => {
    const page = await it.open("/skills", { language, as: "nobody" });
    const words =
      language === "zh" ? ["邮箱", "密码", "登录", "退出登录"] : ["E-mail", "Password", "Log in", "Log out"];
    await page.getByLabel(words[0]).fill(process.env.PAIGONG_OWNER);
    await page.getByLabel(words[1], { exact: true }).fill("not the password, but long");
    await page.getByRole("button", { name: words[2] }).click();
    await page.getByRole("alert").waitFor();
    await it.shoot(page, `login-failed-${language}`);
    await it.accessible(page);
    await page.getByLabel(words[1], { exact: true }).fill(process.env.PAIGONG_PASSWORD);
    await page.getByRole("button", { name: words[2] }).click();
    await page.getByRole("button", { name: "王伟" }).click();
    await page.getByRole("menuitem", { name: words[3] }).click();
    await page.getByLabel(words[0]).waitFor();
  });
}

test("language and light are changed and kept", async () => {
  const page = await it.open("/skills");
  await page.getByRole("button", { name: "Switch to English" }).click();
  await page.getByRole("link", { name: "Skills" }).waitFor();
  await page.getByRole("button", { name: "Dark" }).click();
  await page.getByRole("button", { name: "Light" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  await it.shoot(page, "frame-dark-en");
  await it.accessible(page);
});

test("files are guarded, and what is missing is missing", async () => {
  const page = await fetch(`${it.url}/admin/skills/leave.request`);
  assert.equal(page.status, 200);
  const policy = page.headers.get("content-security-policy");
  assert.match(policy, /script-src 'self';/);
  assert.equal(page.headers.get("cache-control"), "no-cache");
  assert.equal((await fetch(`${it.url}/admin/assets/none.js`)).status, 404);
  const none = await fetch(`${it.url}/admin/v1/none`);
  assert.equal(none.status, 404);
  assert.equal((await none.json()).code, "no_such_endpoint");
});
