export interface PageParts {
  /** Random, for this one answer. */
  readonly nonce: string;
  /** The path before `/console` as the browser sees it; empty at the root of a host. */
  readonly base: string;
}

const META = (name: string): RegExp => new RegExp(`(<meta\\s+name="${name}"\\s+content=")(")`);
const REFERENCE = /((?:src|href)=")\.\//g;

/**
 * The built page for one answer. Its references are relative where it was built and absolute where it is served: the same
 * page stands at every path below `/console/`, and no `<base>` may say where they lead.
 */
export const pageFor = (built: string, { nonce, base }: PageParts): string =>
  built
    .replaceAll(REFERENCE, (_all, before: string) => `${before}${attribute(base)}/console/`)
    .replace(
      META('quayside-nonce'),
      (_all, before: string, after: string) => before + attribute(nonce) + after,
    )
    .replace(
      META('quayside-base'),
      (_all, before: string, after: string) => before + attribute(base) + after,
    );

const attribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** The prefix under which the host of a request is reached, among the addresses that are ours; none for any other. */
export function prefixFor(host: string, publicUrls: readonly string[]): string {
  const asked = host.toLowerCase();
  const named = publicUrls.map((url) => new URL(url)).find((url) => url.host === asked);
  return named?.pathname.replace(/\/+$/, '') ?? '';
}
