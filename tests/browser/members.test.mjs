// Members, invitations, and the audit log of what was done with them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HOSTILE, stage } from "./stage.mjs";

const it = await stage();
const PASSWORD = "three unrelated words";
const base = `/admin/v1/tenants/${it.tenant}`;

/** Somebody who has accepted an invitation. */
async function member(name, role = "viewer") {
  const email = `m${Date.now()}@example.com`;
  const { token } = await it.api("POST", `${base}/invitations`, {
    email,
    role,
  });
  const response = await fetch(`${it.url}/admin/v1/accept`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token, email, name, password: PASSWORD }),
  });
  assert.equal(response.status, 200);
  return email;
}

test("an owner invites somebody, sees the link once, and withdraws it", async () => {
  const page = await it.open("/members");
  const email = `new-${Date.now()}@example.com`;
  await page.getByRole("button", { name: "邀请成员" }).click();
  const window = page.getByRole("dialog", { name: "邀请成员" });
  await window.getByLabel("邮箱").fill("no address");
  await window.getByRole("button", { name: "创建邀请链接" }).click();
  await window.getByText("这不是邮箱地址").waitFor();
  await window.getByLabel("邮箱").fill(email);
  await window.getByRole("radio", { name: /^编辑者/ }).check();
  await it.shoot(page, "invite-zh");
  await it.accessible(page);
  await window.getByRole("button", { name: "创建邀请链接" }).click();
  const once = page.getByRole("dialog", { name: "邀请链接" });
  const link = await once.getByRole("group", { name: "邀请链接" }).textContent();
  assert.match(link, /\/admin\/accept#token=\S{20,}$/);
  await it.shoot(page, "invited-zh");
  await once.getByRole("button", { name: "我已保存，关闭" }).click();
  await page.getByRole("button", { name: `撤回给 ${email} 的邀请` }).click();
  await page
    .getByRole("dialog")
    .getByRole("button", { name: /^撤\s?回$/ })
    .click();
  await page.getByRole("cell", { name: email, exact: true }).waitFor({ state: "detached" });
});

test("an owner changes a role and removes somebody", async () => {
  const name = `${HOSTILE[0]} ${Date.now()}`;
  await member(name);
  const page = await it.open("/members", { language: "en", dark: true });
  await page.locator("tr", { hasText: name }).locator(".ant-select").click();
  await page.locator(".ant-select-item-option", { hasText: "Reviewer" }).click();
  await page.getByRole("button", { name: "Change role" }).click();
  await page.getByText("is reviewer now").waitFor();
  await it.shoot(page, "members-en");
  await it.accessible(page);
  await page.getByRole("button", { name: `Remove ${name}` }).click();
  await page.getByText("They are logged out at once").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByRole("button", { name: `Remove ${name}` }).waitFor({ state: "detached" });
});

test("who is no owner sees the members and why nothing can be changed", async () => {
  const email = await member("Viewer");
  const page = await it.open("/members", { language: "en", as: "nobody" });
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("cell", { name: email }).waitFor();
  assert(await page.getByRole("button", { name: "Invite" }).isDisabled());
  assert.equal(await page.getByRole("button", { name: /^Remove/ }).count(), 0);
  await it.accessible(page);
  await page.goto(`${it.url}/admin/audit`);
  await page.getByText("Only owners may read the audit log").waitFor();
});

test("an owner looks something up in the audit log and checks the chain", async () => {
  await it.api("POST", `${base}/invitations`, {
    email: `audit-${Date.now()}@example.com`,
    role: "viewer",
  });
  for (let i = 0; i < 55; i++)
    await it.api("POST", `${base}/invitations`, {
      email: "again@example.com",
      role: "viewer",
    });
  const page = await it.open("/audit", { language: "en" });
  await page.getByRole("combobox", { name: "Action" }).click();
  await page.keyboard.type("Invited");
  await page.keyboard.press("Enter");
  await page.getByRole("cell", { name: "Invited somebody" }).first().waitFor();
  const rows = page.locator("tbody tr.ant-table-row");
  assert.equal(await rows.count(), 50);
  await page.getByRole("button", { name: "More" }).click();
  await rows.nth(54).waitFor();
  await rows.first().click();
  await page.getByText('"email": "again@example.com"').waitFor();
  await page.getByRole("button", { name: "Check the chain" }).click();
  await page.getByText(/Whole: none of \d+ entries was changed/).waitFor();
  await page.getByRole("button", { name: "Only entries about it" }).click();
  await rows.nth(1).waitFor({ state: "detached" });
  await it.shoot(page, "audit-en");
  await it.accessible(page);
});
