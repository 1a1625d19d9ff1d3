import { DuplicateKeyError } from '../problems/request-errors';

const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}:,]/g;
const MAX_NAME_CHARACTERS = 128;

/** Of JSON every reader keeps another of two equal names: what one program checked would be what another one ignored. */
export function refuseDuplicateKeys(text: string, parsed: unknown, keysWritten: number): void {
  // Looking for the place costs a second pass, so it is only done when a name got lost.
  if (keysOf(parsed) === keysWritten) return;
  throw new DuplicateKeyError(pointerToDuplicate(text));
}

/** Bodies are refused before they are nested deeply, so this cannot recurse deeply either. */
function keysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const members: readonly unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : members.length;
  return members.reduce<number>((sum, member) => sum + keysOf(member), own);
}

/** One open array or object: where in it the reader is, and which names it has seen. */
interface Place {
  readonly names: Set<string>;
  readonly isArray: boolean;
  at: string;
}

function pointerToDuplicate(text: string): string {
  const places: Place[] = [];
  let lastString = '""';
  for (const [token] of text.matchAll(TOKENS)) {
    if (token.startsWith('"')) lastString = token;
    else if (!follow(places, token, lastString)) break;
  }
  return places.map(({ at }) => `/${at.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** False at the name that its object has had before. */
function follow(places: Place[], token: string, lastString: string): boolean {
  const place = places.at(-1);
  if (token === '{' || token === '[') places.push(openPlace(token));
  else if (token === '}' || token === ']') places.pop();
  else if (place?.isArray === true) place.at = String(Number(place.at) + 1);
  else if (place !== undefined && token === ':') return enter(place, JSON.parse(lastString) as string);
  return true;
}

const openPlace = (token: string): Place => ({
  names: new Set(),
  isArray: token === '[',
  at: token === '[' ? '0' : '',
});

function enter(place: Place, name: string): boolean {
  place.at = name.slice(0, MAX_NAME_CHARACTERS);
  const isNew = !place.names.has(name);
  place.names.add(name);
  return isNew;
}
