/** Any JSON value. Bodies, events and payloads are made of these, so that nothing else can slip in. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };
export type JsonObject = { readonly [key: string]: JsonValue };

/** Whether two values say the same in JSON. The order of members says nothing: stores order them as they like. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return Object.is(one, other);
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [mine, theirs] = [one, other].map(presentMembers) as [Map<string, unknown>, Map<string, unknown>];
  return (
    mine.size === theirs.size &&
    [...mine].every(([key, value]) => theirs.has(key) && isSameJson(value, theirs.get(key)))
  );
}

/** What is undefined is not written. */
const presentMembers = (value: object): Map<string, unknown> =>
  new Map(Object.entries(value).filter(([, member]) => member !== undefined));
