import { Page } from "../frame/page";

export default function Profile() {
  return <Page title="Profile">…</Page>;
}
