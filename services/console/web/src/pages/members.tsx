import { Page } from "../frame/page";

export default function Members() {
  return <Page title="Members">…</Page>;
}
