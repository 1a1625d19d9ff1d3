import fc from 'fast-check';
import {
  BodyTooComplexError,
  DuplicateKeyError,
  ForbiddenKeyError,
  MalformedBodyError,
} from '../problems/request-errors';
import { parseJson } from './json-body';
import { checkJsonLimits, MAX_JSON_DEPTH, MAX_KEYS_PER_OBJECT } from './json-limits';

const bytes = (text: string): Buffer => Buffer.from(text);
const pointersOf = (text: string): readonly string[] => {
  try {
    parseJson(bytes(text));
    return [];
  } catch (error) {
    return ((error as DuplicateKeyError).errors ?? []).map(({ pointer }) => pointer);
  }
};
const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const withKeys = (count: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, 0])));

describe('parseJson', () => {
  it('reads whatever JSON writes, within the limits', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(
          !text.includes('__proto__') && !text.includes('constructor') && !/\\u(0000|d[89a-f])/.test(text),
        );
        expect(parseJson(bytes(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 200 },
    );
  });

  it('reads no bytes as no body', () => {
    expect(parseJson(Buffer.alloc(0))).toBeUndefined();
  });

  it.each(['{', '{"a":}', "{'a':1}", '{"a":1}{"b":2}', 'undefined', '"\u0001"', '[1,]', ']'])(
    'does not read %s',
    (text) => {
      expect(() => parseJson(bytes(text))).toThrow(MalformedBodyError);
    },
  );

  it.each(['{"a":"x\\u0000"}', '["\\ud83d"]', '{"\\udc00":1}', '{"a":["\\ud83d\\ud83d\\ude00"]}'])(
    'does not read %s, which cannot be stored',
    (text) => {
      expect(() => parseJson(bytes(text))).toThrow(MalformedBodyError);
    },
  );

  it('reads whole characters however they are written', () => {
    expect(parseJson(bytes('["\\ud83d\\ude00", "😀", "\\\\u0000"]'))).toEqual(['😀', '😀', '\\u0000']);
  });

  it.each(['{"a":{"__proto__":{}}}', '[{"constructor":{"prototype":{}}}]', '{"__pr\\u006fto__":1}'])(
    'refuses %s',
    (text) => {
      expect(() => parseJson(bytes(text))).toThrow(ForbiddenKeyError);
    },
  );

  it.each([
    ['{"name":"a","name":"b"}', '/name'],
    ['{"name":"a","n\\u0061me":"b"}', '/name'],
    ['{"a":[0,{"b":1},{"c":{"d":1,"e/~":2,"e/~":3}}]}', '/a/2/c/e~1~0'],
    ['[[],[{"x":"{\\"x\\":1,"},{"x":1,"y":[1,2],"x":1}]]', '/1/1/x'],
    ['{"a":{"a":{"a":1}},"b":":","a":2}', '/a'],
  ])('refuses %s and points at what comes twice', (text, pointer) => {
    expect(() => parseJson(bytes(text))).toThrow(DuplicateKeyError);
    expect(pointersOf(text)).toEqual([pointer]);
  });

  it('takes these words as values', () => {
    expect(parseJson(bytes('{"a":"__proto__","constructor":"x"}'))).toEqual({
      a: '__proto__',
      constructor: 'x',
    });
  });
});

describe('checkJsonLimits', () => {
  it.each([
    [nested(MAX_JSON_DEPTH), true],
    [nested(MAX_JSON_DEPTH + 1), false],
    [withKeys(MAX_KEYS_PER_OBJECT), true],
    [withKeys(MAX_KEYS_PER_OBJECT + 1), false],
    [JSON.stringify(Array.from({ length: 20_000 }, () => ({ a: 1 }))), true],
    [JSON.stringify('[{:'.repeat(50_000)), true],
    [JSON.stringify('"\\"'.repeat(50_000)), true],
    ['"'.repeat(100_001), true],
    ['}'.repeat(100_000) + '[', true],
  ] as const)('judges case %#', (text, isFine) => {
    const check = () => {
      checkJsonLimits(bytes(text));
    };
    if (isFine) check();
    else expect(check).toThrow(BodyTooComplexError);
  });
});
