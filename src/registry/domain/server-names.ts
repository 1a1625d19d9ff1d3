/** What stands before the name of an endpoint, so that an instance may have the same one: no instance has a dot in its name. */
const ENDPOINT = 'endpoint.';

export type PublishedKind = 'instance' | 'endpoint';

/**
 * `quayside.example.com` publishes under `com.example.quayside`, as registries name servers. An address has no parts to turn
 * around, and a single word is one already.
 */
export function namespaceOf(publicUrl: string): string {
  const { hostname } = new URL(publicUrl);
  if (/^127\.|^\[::1\]$/.test(hostname)) return 'localhost';
  const isAddress = /^[\d.]+$|:/.test(hostname);
  if (isAddress) return `host-${hostname.replaceAll(/[^0-9a-f]+/gi, '-').replaceAll(/^-|-$/g, '')}`;
  return hostname.split('.').reverse().join('.');
}

export const suffixOf = (kind: PublishedKind, name: string): string =>
  kind === 'endpoint' ? `${ENDPOINT}${name}` : name;

export interface NamedServer {
  readonly kind: PublishedKind;
  readonly name: string;
}

/** undefined: it is not of this installation. */
export function serverNamed(namespace: string, fullName: string): NamedServer | undefined {
  if (!fullName.startsWith(`${namespace}/`)) return undefined;
  const suffix = fullName.slice(namespace.length + 1);
  return suffix.startsWith(ENDPOINT)
    ? { kind: 'endpoint', name: suffix.slice(ENDPOINT.length) }
    : { kind: 'instance', name: suffix };
}
