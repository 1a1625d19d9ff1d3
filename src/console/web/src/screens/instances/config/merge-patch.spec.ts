import fc from 'fast-check';
import { mergePatchOf, parseSpec } from './merge-patch';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** RFC 7396, as the server applies it. */
function apply(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, key);
    else result[key] = apply(result[key], value);
  }
  return result;
}

const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.integer(), { maxLength: 3 }));
const key = fc.constantFrom('type', 'image', 'environment', 'resources', 'port');
const flat = fc.dictionary(key, leaf);
const nested = fc.dictionary(key, fc.oneof(leaf, flat));

describe('the patch of a specification', () => {
  it('makes one text into the other, whatever they are', () => {
    fc.assert(
      fc.property(nested, nested, (before, after) => {
        expect(apply(before, mergePatchOf(before, after))).toEqual({ ...after });
      }),
    );
  });

  it('says nothing where nothing changes', () => {
    fc.assert(fc.property(nested, (spec) => expect(mergePatchOf(spec, structuredClone(spec))).toEqual({})));
  });

  it('reads JSON objects only', () => {
    expect(parseSpec('{"a":1}')).toEqual({ value: { a: 1 } });
    expect(parseSpec('[1]')).toHaveProperty('fault');
    expect(parseSpec('{"a":')).toHaveProperty('fault');
  });
});
