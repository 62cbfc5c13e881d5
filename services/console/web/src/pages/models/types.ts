// What the API says of models.
import type { Schemas } from "../../api/client";

export type Model = Schemas["ModelView"];
export type Result = Schemas["ModelResult"];
export type Server = Schemas["ModelServer"];
