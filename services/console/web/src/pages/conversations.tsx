import { Page } from "../frame/page";

export default function Conversations() {
  return <Page title="Conversations">…</Page>;
}
