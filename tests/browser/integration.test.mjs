// Keys, code to begin with, and a new app.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
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

/** Whether a key opens an endpoint. */
const opens = async (key, path) => {
  const response = await fetch(`${it.url}${path}`, { headers: { Authorization: `Bearer ${key}` } });
  return response.status !== 403;
};

test("a key does what was ticked and no more", async () => {
  const label = `documents ${Date.now()}`;
  const page = await it.open("/integration", { language: "en" });
  await page.getByRole("button", { name: "New key" }).click();
  const form = page.getByRole("dialog", { name: "New key" });
  await form.getByLabel("What it is for", { exact: true }).fill(label);
  for (const name of [/^Chat/, /^Runs/, /^Webhooks/, /^Learning/]) await form.getByRole("checkbox", { name }).uncheck();
  await it.shoot(page, "key-scopes-en");
  await it.accessible(page);
  await form.getByRole("checkbox", { name: /^Documents/ }).uncheck();
  await form.getByRole("button", { name: "Create" }).click();
  await form.getByText("Choose at least one").waitFor();
  await form.getByRole("checkbox", { name: /^Documents/ }).check();
  await form.getByRole("button", { name: "Create" }).click();
  const once = page.getByRole("dialog", { name: "The new key" });
  const key = await once.getByRole("group", { name: "Key" }).textContent();
  await once.getByRole("button", { name: "I have kept it, close" }).click();
  assert(await opens(key, "/v1/knowledge"));
  assert(!(await opens(key, "/v1/conversations?user=E1001")));
  await page.getByRole("row", { name: label }).getByText("Documents", { exact: true }).waitFor();
});

test("a key for web pages comes with its secret, its tag and a demo", async () => {
  const label = `shop ${Date.now()}`;
  const page = await it.open("/integration", { language: "en" });
  await page.getByRole("button", { name: "New key" }).click();
  const form = page.getByRole("dialog", { name: "New key" });
  await form.getByText("A web page (chat widget)").click();
  await form.getByLabel("What it is for", { exact: true }).fill(label);
  const sites = form.getByLabel("Sites that may embed it");
  await sites.fill("shop.example.com");
  await form.getByRole("button", { name: "Create" }).click();
  await form.getByText("“shop.example.com” is no site’s address").waitFor();
  await sites.fill("https://Shop.example.com/basket\nhttp://localhost:3000");
  await it.shoot(page, "widget-key-form-en");
  await it.accessible(page);
  await form.getByRole("button", { name: "Create" }).click();
  const once = page.getByRole("dialog", { name: "The new key for web pages" });
  const key = await once.getByRole("group", { name: "Key" }).textContent();
  const secret = await once.getByRole("group", { name: "Signing secret" }).textContent();
  assert.match(secret, /^pgs_/);
  await once.getByLabel("User id").fill("E1003");
  const asUser = once.getByRole("link", { name: "Open it as this user" });
  await asUser.waitFor();
  const signature = createHmac("sha256", secret).update("E1003").digest("hex");
  await page.waitForFunction(
    ([name, signature]) =>
      [...document.querySelectorAll("a")].some(
        ({ textContent, href }) => textContent.includes(name) && href.includes(signature),
      ),
    ["Open it as this user", signature],
  );
  await it.shoot(page, "widget-key-en");
  await it.accessible(page);
  const [demo] = await Promise.all([page.context().waitForEvent("page"), asUser.click()]);
  await demo.locator(".launcher").click();
  await demo.getByRole("dialog").getByRole("textbox").fill("how many days of annual leave do I have left");
  await demo.getByRole("dialog").getByRole("textbox").press("Enter");
  await demo.getByRole("dialog").locator(".log .told").getByText(/days?/).waitFor();
  await once.getByRole("button", { name: "I have kept it, close" }).click();
  await page.getByRole("row", { name: label }).getByText("http://localhost:3000, shop.example.com").waitFor();
  const tag = page.getByRole("group", { name: "Code for the page" });
  await page.getByLabel("Title", { exact: true }).fill(HOSTILE[1]);
  await tag.filter({ hasText: `data-key="${key}"` }).waitFor();
  const title = HOSTILE[1].replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  await tag.filter({ hasText: `data-title="${title}"` }).waitFor();
  await it.shoot(page, "embed-en");
  await it.accessible(page);
});

test("a server's key is refused for web pages, and the code to sign signs", async () => {
  const { key } = await it.api("POST", `${it.path}/keys`, { label: "server" });
  const page = await it.open("/integration", { language: "en" });
  await page.getByLabel("Key for web pages").fill(key);
  await page.getByText("This key is for a server, never for a page").waitFor();
  assert.doesNotMatch(await page.getByRole("group", { name: "Code for the page" }).textContent(), new RegExp(key));
  const code = page.getByRole("group", { name: "Code to sign" });
  const signature = createHmac("sha256", "pgs_x").update("王伟").digest("hex");
  const env = { ...process.env, PAIGONG_SIGNING_SECRET: "pgs_x" };
  const run = (program, ...args) => execFileSync(program, args, { env, encoding: "utf8" }).trim();
  const node = await code.textContent();
  assert.equal(run("node", "--input-type=module", "-e", `${node}\nconsole.log(sign("王伟"))`), signature);
  await page.getByText("Python", { exact: true }).first().click();
  await code.filter({ hasText: "import hashlib" }).waitFor();
  assert.equal(run("python3", "-c", `${await code.textContent()}\nprint(sign("王伟"))`), signature);
  for (const [name, word] of [
    ["PHP", "hash_hmac"],
    ["Java", "HmacSHA256"],
  ]) {
    await page.getByText(name, { exact: true }).click();
    await code.filter({ hasText: word }).waitFor();
  }
});

test("the code speaks of this address and of no key", async () => {
  const page = await it.open("/integration", {
    language: "en",
    dark: true,
    width: 768,
  });
  const code = page.getByRole("group", { name: "Example code" });
  for (const kind of ["curl", "Python", "TypeScript"]) {
    await page.getByText(kind, { exact: true }).last().click();
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
