/** Any JSON value. Bodies, events and payloads are made of these, so that nothing else can slip in. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };
