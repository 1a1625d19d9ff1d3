type Values = Record<string, unknown>;

/** What the schema says that members are when nobody says anything. */
export function defaultsOf(schema: unknown): Values {
  const { properties } = (schema ?? {}) as { properties?: Readonly<Record<string, unknown>> };
  return Object.fromEntries(
    Object.entries(properties ?? {}).flatMap(([name, member]) => {
      const { default: value } = (member ?? {}) as { default?: unknown };
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
