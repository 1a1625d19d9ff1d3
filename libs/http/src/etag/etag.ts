/** Strong, from the row's version: two equal tags are two equal bodies. */
export const etagOf = (rowVersion: number): string => `"v${rowVersion}"`;

const ETAG = /^"v(\d{1,15})"$/;
/** Weak tags compare like strong ones where a body is only read (RFC 9110, If-None-Match). */
const WEAK = /^W\//;

/** The versions a list of tags names; tags that we did not make name none. undefined for `*`: any version. */
export function versionsIn(header: string, comparison: 'strong' | 'weak'): readonly number[] | undefined {
  if (header.trim() === '*') return undefined;
  return header.split(',').flatMap((part) => {
    const tag = comparison === 'weak' ? part.trim().replace(WEAK, '') : part.trim();
    const version = ETAG.exec(tag)?.[1];
    return version === undefined ? [] : [Number(version)];
  });
}
