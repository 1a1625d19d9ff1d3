import { type JsonObject, type JsonValue } from '@app/kernel';

const NAME = /^[a-z0-9]+$/;
/** RFC 3339, with seconds and a zone. */
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+(?:\s*;.*)?$/;
/** Of integers: the format has 32 bits. */
const INTEGER_MAX = 2 ** 31 - 1;

const isWords = (value: JsonValue | undefined): value is string => typeof value === 'string' && value !== '';
const isTime = (value: JsonValue): boolean =>
  typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value));

/** What the text of CloudEvents 1.0 demands of its own attributes. */
const RULES: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  specversion: (value) => value === '1.0',
  id: isWords,
  source: (value) => isWords(value) && URL.canParse(value, 'http://any.example'),
  type: isWords,
  subject: isWords,
  time: isTime,
  datacontenttype: (value) => typeof value === 'string' && MEDIA_TYPE.test(value),
  // A URI, which is absolute; only the source may be a reference.
  dataschema: (value) => typeof value === 'string' && URL.canParse(value),
};
const REQUIRED = ['specversion', 'id', 'source', 'type'];
const CONTENT = new Set(['data', 'data_base64']);

function isExtension(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value) <= INTEGER_MAX;
  return typeof value === 'boolean' || isWords(value);
}

/** What keeps an object from being an event in the JSON format of CloudEvents 1.0: written from its text, not from our schema. */
export function faultsOfCloudEvent(event: JsonObject): readonly string[] {
  const missing = REQUIRED.filter((name) => event[name] === undefined).map((name) => `${name} is missing`);
  const wrong = Object.entries(event).flatMap(([name, value]) => {
    if (CONTENT.has(name)) return [];
    if (!NAME.test(name)) return [`${name} cannot be the name of an attribute`];
    const isRight = (RULES[name] ?? isExtension)(value);
    return isRight ? [] : [`${name} cannot be ${JSON.stringify(value)}`];
  });
  const both = [...CONTENT].every((name) => event[name] !== undefined) ? ['data is there twice'] : [];
  return [...missing, ...wrong, ...both];
}
