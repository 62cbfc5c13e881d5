import { Page } from "../frame/page";

export default function Skills() {
  return <Page title="Skills">…</Page>;
}
