import { Page } from "../frame/page";

export default function Accept() {
  return <Page title="Accept">…</Page>;
}
