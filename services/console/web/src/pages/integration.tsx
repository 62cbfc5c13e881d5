import { Page } from "../frame/page";

export default function Integration() {
  return <Page title="Integration">…</Page>;
}
