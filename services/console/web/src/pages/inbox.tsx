import { Page } from "../frame/page";

export default function Inbox() {
  return <Page title="Inbox">…</Page>;
}
