import { Page } from "../frame/page";

export default function Overview() {
  return <Page title="Overview">…</Page>;
}
