import { Page } from "../frame/page";

export default function Skill() {
  return <Page title="Skill">…</Page>;
}
