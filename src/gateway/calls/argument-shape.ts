import { type JsonObject, type JsonValue } from '@app/kernel';

/** Members named in a record; a call with more is described by their number. */
const MEMBERS_MAX = 50;
const NAME_MAX = 64;

/** Names and types, for the record of a call: what was asked, without what was said. */
export function shapeOf(args: JsonObject): readonly string[] {
  const entries = Object.entries(args);
  const shown = entries
    .slice(0, MEMBERS_MAX)
    .map(([name, value]) => `${name.slice(0, NAME_MAX)}: ${typeOf(value)}`);
  return entries.length > MEMBERS_MAX ? [...shown, `… ${entries.length - MEMBERS_MAX} more`] : shown;
}

function typeOf(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `array(${value.length})`;
  return typeof value === 'string' ? `string(${value.length})` : typeof value;
}
