import { Page } from "../frame/page";

export default function Audit() {
  return <Page title="Audit">…</Page>;
}
