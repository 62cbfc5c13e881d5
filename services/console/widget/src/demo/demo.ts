// The demo page: puts the widget in as a customer's page would, by a tag made of what stands in the address.
export {};

/** The shop's own. */
const BRAND = "#0f5b4d";

const asked = new URLSearchParams(location.search);
const root = document.documentElement;
const options = document.querySelector<HTMLFormElement>("#options");
const fields = ["title", "color", "position"] as const;

let language = asked.get("language") ?? (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

function field(name: string): HTMLInputElement | HTMLSelectElement | undefined {
  const element = options?.elements.namedItem(name);
  return element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element : undefined;
}

/** The attributes of the tag, without those that say what is so anyway. */
function attributes(): [string, string][] {
  const isZh = language === "zh";
  const suggestions = isZh ? "SO-20318到哪了|我要退货|转人工" : "where is my order SO-20318|I want to return something";
  const all: [string, string | null | undefined][] = [
    ["key", asked.get("key")],
    ["user", asked.get("user")],
    ["signature", asked.get("signature")],
    ["language", language],
    ["title", field("title")?.value],
    ["color", field("color")?.value],
    ["position", field("position")?.value === "right" ? "" : field("position")?.value],
    ["suggestions", asked.get("user") ? "" : suggestions],
  ];
  return all.filter((pair): pair is [string, string] => Boolean(pair[1]));
}

function escaped(value: string): string {
  return value.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

/** Takes the widget off and puts it in again as the page now says. */
function embed(): void {
  const address = new URL("widget.js", location.href).href;
  const pairs = attributes();
  const code = document.querySelector("#snippet");
  const lines = [`src="${address}"`, ...pairs.map(([name, value]) => `data-${name}="${escaped(value)}"`), "async"];
  if (code) code.textContent = `<script\n${lines.map((line) => `  ${line}`).join("\n")}\n></script>`;
  window.paigong?.destroy();
  const hasKey = Boolean(asked.get("key"));
  document.querySelector("#no-key")?.toggleAttribute("hidden", hasKey);
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-say], [data-zh]")) button.disabled = !hasKey;
  document.querySelector("script[data-key]")?.remove();
  if (!hasKey) return;
  const tag = document.createElement("script");
  tag.src = address;
  tag.async = true;
  for (const [name, value] of pairs) tag.dataset[name] = value;
  document.head.append(tag);
}

function speak(to: string): void {
  language = to === "zh" ? "zh" : "en";
  root.lang = language === "zh" ? "zh-CN" : "en";
  root.dataset["language"] = language;
  document.title = language === "zh" ? "望山数码 · 派工演示" : "Hillview · Paigong demo";
  for (const button of document.querySelectorAll<HTMLElement>("[data-set-language]"))
    button.setAttribute("aria-pressed", String(button.dataset["setLanguage"] === language));
  for (const button of document.querySelectorAll<HTMLElement>(".tries [data-zh]"))
    button.textContent = button.dataset[language] ?? "";
}

for (const name of fields) {
  const input = field(name);
  const value = asked.get(name);
  if (input && value) input.value = value;
  else if (input && name === "color") input.value = BRAND;
}
options?.addEventListener("change", embed);
options?.addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? target.closest<HTMLElement>("button") : null;
  if (!button) return;
  const to = button.dataset["setLanguage"];
  if (to) {
    speak(to);
    embed();
  }
  if ("say" in button.dataset || "zh" in button.dataset) window.paigong?.open(button.dataset[language]);
});
speak(language);
embed();
