export interface Named {
  readonly id: string;
  readonly name: string;
}

interface Known {
  readonly me?: { readonly user_id: string | null; readonly name: string };
  readonly users: readonly Named[];
  readonly keys: readonly Named[];
}

/** `user:<id>` and `key:<id>` by their names, as far as they are known; whoever has no name keeps what stands there. */
export function nameOf(actor: string, { me, users, keys }: Known): string {
  const [kind, id] = actor.split(':', 2);
  if (kind === 'user') {
    const name = me?.user_id === id ? me?.name : users.find((user) => user.id === id)?.name;
    return name ?? actor;
  }
  const key = kind === 'key' ? keys.find((each) => each.id === id) : undefined;
  return key === undefined ? actor : `key:${key.name}`;
}
