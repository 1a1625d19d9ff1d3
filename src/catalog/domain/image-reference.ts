/** The longest reference that registries accept, digest included. */
const REFERENCE_MAX = 512;
const DOMAIN_LABEL = /^[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;
const PATH_PART = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[a-f0-9]{64}$/;

/**
 * `[host[:port]/]path[:tag][@digest]`, the grammar of image references, taken apart piece by piece: one expression for
 * all of it would be slow on hostile input.
 */
export function isImageReference(text: string): boolean {
  if (text.length === 0 || text.length > REFERENCE_MAX) return false;
  const [named = '', digest, ...rest] = text.split('@');
  if (rest.length > 0 || (digest !== undefined && !DIGEST.test(digest))) return false;
  return isNamed(named);
}

/** `[host[:port]/]path[:tag]`: the last part may carry a tag, the first may be a host. */
function isNamed(named: string): boolean {
  const slash = named.indexOf('/');
  const host = named.slice(0, Math.max(slash, 0));
  if (!looksLikeHost(host)) return isTaggedPath(named);
  return isHost(host) && isTaggedPath(named.slice(slash + 1));
}

function isTaggedPath(text: string): boolean {
  const colon = text.indexOf(':');
  if (colon !== -1 && !TAG.test(text.slice(colon + 1))) return false;
  const path = colon === -1 ? text : text.slice(0, colon);
  return path.split('/').every((part) => PATH_PART.test(part));
}

/** The first part is a host when it could not be a path: it has a dot or a port, or is `localhost`. */
const looksLikeHost = (part: string): boolean =>
  part.includes('.') || part.includes(':') || part === 'localhost';

function isHost(part: string): boolean {
  const [host = '', port, ...rest] = part.split(':');
  if (rest.length > 0 || (port !== undefined && !/^[0-9]{1,5}$/.test(port))) return false;
  return host.length <= 253 && host.split('.').every((label) => DOMAIN_LABEL.test(label));
}
