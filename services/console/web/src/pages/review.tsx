import { Page } from "../frame/page";

export default function Review() {
  return <Page title="Review">…</Page>;
}
