// Keys, code to begin with, and a new app.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HOSTILE, stage } from "./stage.mjs";

const it = await stage();

const works = async (key) => {
  const response = await fetch(`${it.url}/v1/conversations?user=E1001`, {
    headers: { Authorization: `Bearer ${key}` },
  });
  return response.status !== 401;
};

test("an owner makes a key, rotates it and revokes it", async () => {
  const label = `${HOSTILE[1]} ${Date.now()}`;
  const page = await it.open("/integration");
  await page.getByRole("button", { name: "新建密钥" }).click();
  await page.getByLabel("用途", { exact: true }).fill(label);
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^新\s?建$/ })
    .click();
  const once = page.getByRole("dialog", { name: "新密钥" });
  const first = await once.getByRole("group", { name: "密钥" }).textContent();
  assert(await works(first));
  await it.shoot(page, "key-zh");
  await it.accessible(page);
  await once.getByRole("button", { name: "我已保存，关闭" }).click();
  await page.getByRole("button", { name: `轮换 ${label}` }).click();
  await page.getByRole("radio", { name: "7 天" }).check();
  await it.shoot(page, "rotate-zh");
  await page.getByRole("button", { name: "创建新密钥" }).click();
  const second = await once.getByRole("group", { name: "密钥" }).textContent();
  assert(second !== first && (await works(first)) && (await works(second)));
  await once.getByRole("button", { name: "我已保存，关闭" }).click();
  const revoke = page.getByRole("button", { name: `吊销 ${label}` });
  await revoke.nth(1).waitFor();
  await revoke.first().click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^吊\s?销$/ })
    .click();
  await revoke.nth(1).waitFor({ state: "detached" });
  assert(!((await works(first)) && (await works(second))));
  await it.shoot(page, "integration-zh");
  await it.accessible(page);
});

test("the code speaks of this address and of no key", async () => {
  const page = await it.open("/integration", {
    language: "en",
    dark: true,
    width: 768,
  });
  const code = page.getByRole("group", { name: "Example code" });
  for (const kind of ["curl", "Python", "TypeScript"]) {
    await page.getByText(kind, { exact: true }).click();
    await code.filter({ hasText: `${it.url}/v1/chat-messages` }).waitFor();
    assert.match(await code.textContent(), /PAIGONG_KEY/);
  }
  await it.shoot(page, "integration-en");
  await it.accessible(page);
});

test("an owner makes an app and is in it", async () => {
  const name = `zz ${Date.now()} ${HOSTILE[2]}`;
  const page = await it.open("/integration", { language: "en" });
  await page.getByRole("button", { name: "New app" }).click();
  await page.getByLabel("Name").fill("demo");
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByRole("alert").filter({ hasText: "there is an app of that name" }).waitFor();
  await page.getByLabel("Name").fill(name);
  await page.getByRole("button", { name: "Create" }).click();
  await page.getByText(`Let your systems talk to the app “${name}”`).waitFor();
  await page.getByText("There is no valid key").waitFor();
  await it.accessible(page);
});
