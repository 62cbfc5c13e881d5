// A site of somebody else's, on an origin of its own, that embeds the chat widget under a strict policy and with styles that
// would ruin whatever they reached.
import { createServer } from "node:http";
import { after } from "node:test";

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

const CSS = `
* { font-size: 9px !important; color: rgb(90, 0, 0) !important; letter-spacing: 3px !important; }
div, section, header, form, button, p { background: rgb(0, 255, 0) !important; float: right !important; }
paigong-widget { display: none !important; position: static !important; transform: scale(0.1) !important; }
#host-text { color: rgb(1, 2, 3) !important; }`;

/** Starts it. `page(attributes)` is the address of a page whose tag has these data attributes. */
export async function host(server) {
  const policy =
    `default-src 'none'; script-src ${server}; connect-src ${server}; style-src 'self'; img-src data:; ` +
    `base-uri 'none'; require-trusted-types-for 'script'`;
  const site = createServer((request, response) => {
    const url = new URL(request.url, "http://site");
    if (url.pathname === "/site.css") {
      response.writeHead(200, { "Content-Type": "text/css" }).end(CSS);
      return;
    }
    const attributes = [...url.searchParams].map(([name, value]) => `data-${name}="${escaped(value)}"`).join(" ");
    const direction = url.pathname === "/rtl" ? "rtl" : "ltr";
    response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy });
    response.end(`<!doctype html><html lang="en" dir="${direction}"><title>A site</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <link rel="stylesheet" href="/site.css"><link rel="icon" href="data:,">
      <script src="${server}/widget.js" ${attributes} async></script>
      <main><h1>A site</h1><p id="host-text">Its own text</p><a href="#x" id="host-link">A link</a></main>`);
  });
  await new Promise((resolve) => site.listen(0, "127.0.0.1", resolve));
  after(() => {
    site.close();
    site.closeAllConnections();
  });
  const origin = `http://127.0.0.1:${site.address().port}`;
  return {
    origin,
    page: (attributes, path = "/") => `${origin}${path}?${new URLSearchParams(attributes)}`,
  };
}
