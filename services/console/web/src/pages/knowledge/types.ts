// Shapes of the knowledge API, and how its paths are written.
import type { Schemas } from "../../api/client";

export type Source = Schemas["SourceView"];
export type KnowledgeDocument = Schemas["DocumentView"];

/** What a source may be called; as the server checks it. */
export const SOURCE_NAME = /^[a-z0-9_.-]{1,40}$/;

/** The address of a document: its folders stay folders. */
export function addressOf(source: string, path: string): string {
  return [source, ...path.split("/")].map(encodeURIComponent).join("/");
}
