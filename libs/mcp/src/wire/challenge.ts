/** What a server says with a 401, or with a 403 for want of scope (RFC 6750, RFC 9728). */
export interface Challenge {
  readonly status: number;
  readonly resourceMetadata?: string;
  readonly scope?: string;
  readonly error?: string;
}

/** Longer than any honest challenge; what a stranger sends is not searched without end. */
const MAX_LENGTH = 8_192;
const PARAMETER = /([a-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))/gi;

/** The parameters of `WWW-Authenticate: Bearer …`; a header of another scheme has none for us. */
export function readChallenge(status: number, header: string | null): Challenge {
  const text = (header ?? '').slice(0, MAX_LENGTH);
  const bearer = /(?:^|,\s*)bearer(?:\s+|$)/i.exec(text);
  if (bearer === null) return { status };
  const found = new Map<string, string>();
  for (const [, name = '', quoted, plain] of text.slice(bearer.index).matchAll(PARAMETER))
    found.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
  const value = <Name extends string>(member: Name, parameter: string): Partial<Record<Name, string>> => {
    const text = found.get(parameter);
    return text === undefined ? {} : ({ [member]: text } as Record<Name, string>);
  };
  return {
    status,
    ...value('resourceMetadata', 'resource_metadata'),
    ...value('scope', 'scope'),
    ...value('error', 'error'),
  };
}
