// The models: which one runs, what was measured, what is wrong.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HOSTILE, stage } from "./stage.mjs";

const it = await stage();

test("the model that runs is shown with what was measured", async () => {
  const { data } = await it.api("GET", `/admin/v1/tenants/${it.tenant}/models`);
  const active = data.find((model) => model.active);
  const page = await it.open("/models");
  await page.getByRole("heading", { name: active.name }).waitFor();
  await page.getByText("正在使用").waitFor();
  const rows = page.getByRole("table", { name: `${active.name} 的测量结果` }).getByRole("row");
  await rows.nth(active.results.length).waitFor();
  assert.equal(await rows.count(), active.results.length + 1);
  const { accuracy } = active.results.find(({ set }) => set === "massive_zh shots_5");
  // The first row of its set, which names it.
  const row = rows.filter({ hasText: "MASSIVE 中文（60 种意图）" });
  const texts = await row.getByRole("cell").allTextContents();
  assert(texts.includes("准确率，全部例句") || texts.includes("准确率，每种意图 5 个例句"), texts.join());
  await rows
    .filter({ hasText: `${(accuracy * 100).toFixed(1)}%` })
    .first()
    .waitFor();
  await it.shoot(page, "models-zh");
  await it.accessible(page);
});

test("a model that can't be used says why; none, and an error, are said", async () => {
  const model = { name: "half", active: false, bytes: 0, languages: [], results: [], problem: HOSTILE[0] };
  const server = { host: "one", model: "half", progress: null, problem: null };
  let body = {
    data: [model, { ...model, name: HOSTILE[1], problem: null, bytes: 5_000_000, languages: ["en", "fr"] }],
    servers: [
      server,
      { ...server, host: "two", progress: "apps learnt: 1 of 2" },
      { ...server, host: "three", problem: HOSTILE[2] },
    ],
  };
  const page = await it.open("/models", { language: "en", dark: true, width: 768 });
  await page.route("**/tenants/*/models", (route) =>
    body === undefined
      ? route.fulfill({ status: 500, json: { title: "It broke", code: "internal", status: 500 } })
      : route.fulfill({ json: body }),
  );
  await page.reload();
  await page.getByText(HOSTILE[0], { exact: true }).waitFor();
  await page.getByText("can’t be used").waitFor();
  await page.getByRole("heading", { name: HOSTILE[1] }).waitFor();
  await page.getByText("Nothing was measured with this model").waitFor();
  await page.getByText("Server two prepares another model (apps learnt: 1 of 2)").waitFor();
  await page
    .getByText(`Server three refused the model that was activated, and goes on with half: ${HOSTILE[2]}`)
    .waitFor();
  assert.equal(await page.getByText("Server one").count(), 0);
  await it.shoot(page, "models-en");
  await it.accessible(page);
  body = { data: [], servers: [] };
  await page.reload();
  await page.getByText("The folder of models is empty").waitFor();
  body = undefined;
  await page.reload();
  await page.getByRole("alert").filter({ hasText: "It broke" }).waitFor();
  await it.accessible(page);
});
