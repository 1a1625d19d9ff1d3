import { isName } from '@app/kernel';

const NAME_MAX = 63;
/** Leaves room for a number behind a name that is taken. */
const ROOM_FOR_A_NUMBER = 3;

/** A name that may be used here, as near to the given one as possible. */
export function slugOf(text: string): string {
  const slug = text
    .slice(0, 256)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replaceAll(/_{2,}/g, '_')
    .replaceAll(/-{2,}/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, NAME_MAX - ROOM_FOR_A_NUMBER)
    .replace(/[-_]+$/, '');
  if (isName(slug)) return slug;
  const other = `${slug === '' ? 'imported' : slug}-server`;
  return isName(other) ? other : 'imported-server';
}

/** The last word of an image, a package or an address, without what every server has in its name. */
export function nameFromSource(text: string): string {
  const last =
    text
      .split(/[/\\]/)
      .filter((part) => part !== '')
      .at(-1) ?? text;
  const bare = last.replace(/[@:].*$/, '');
  return slugOf(
    bare.replace(/^(?:mcp-server-|server-|mcp-)(?=.)/, '').replace(/(?:-mcp-server|-mcp|-server)$/, ''),
  );
}
