import { Page } from "../frame/page";

export default function Conversation() {
  return <Page title="Conversation">…</Page>;
}
