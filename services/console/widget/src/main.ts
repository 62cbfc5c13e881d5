// A chat with Paigong for any page, by one tag:
//
//     <script src="https://HOST/widget.js" data-key="pg_…" async></script>
//
// The page may then call window.paigong; the event "paigong:ready" on window says that it is there.
import { complain, ownTag, settingsOf } from "./settings";
import { Widget } from "./widget";

/** What a page may do with the widget. */
interface Paigong {
  /** Opens the panel; a text stands ready there, and is not sent. */
  open: (text?: string) => void;
  close: () => void;
  /** A signed-in user of the page's own, with the signature that its server made; nothing for an anonymous visitor. */
  identify: (user?: string, signature?: string) => void;
  /** Takes the widget off the page. */
  destroy: () => void;
}

declare global {
  interface Window {
    paigong?: Paigong;
  }
}

const tag = ownTag();
const settings = tag && settingsOf(tag);

function start(): void {
  if (!settings) return;
  if (window.paigong) {
    complain("the widget is on this page already; call window.paigong.destroy() before it is put in again");
    return;
  }
  const widget = new Widget(settings);
  window.paigong = {
    open: (text) => widget.open(text),
    close: () => widget.close(),
    identify: (user, signature) => widget.identify(user, signature),
    destroy: () => {
      widget.destroy();
      delete window.paigong;
    },
  };
  window.dispatchEvent(new Event("paigong:ready"));
}

if (document.body) start();
else document.addEventListener("DOMContentLoaded", start, { once: true });
