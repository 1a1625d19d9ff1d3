export interface ConnectSearch {
  /** `all`, `instance:<name>` or `endpoint:<name>`. */
  readonly target?: string;
  /** The id of a client. */
  readonly client?: string;
}

const TARGET = /^(all|(instance|endpoint):[a-z0-9][a-z0-9_-]{0,62})$/;
const CLIENT = /^[a-z0-9-]{1,40}$/;

/** Whatever an old link says: what is not known any more is left out, not refused. */
export function validateConnectSearch(search: Record<string, unknown>): ConnectSearch {
  const { target, client } = search;
  return {
    ...(typeof target === 'string' && TARGET.test(target) ? { target } : {}),
    ...(typeof client === 'string' && CLIENT.test(client) ? { client } : {}),
  };
}
