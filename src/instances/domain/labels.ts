import { type FieldProblem, type JsonObject } from '@app/kernel';
import { mergePatch } from './merge-patch';

/** Marks that people put on instances; they mean nothing to us, and no container ever sees them. */
export type Labels = Readonly<Record<string, string>>;

/** One term of a filter: that key with that value, or that key with any. */
export interface LabelTerm {
  readonly key: string;
  readonly value?: string;
}

export const LABELS_MAX = 16;
export const LABEL_VALUE_MAX = 63;
export const LABEL_TERMS_MAX = 5;
export const LABEL_WORDS =
  'a key of 1-63 lower-case letters, digits, ".", "_", "/" or "-", with a letter or digit at both ends, and a value of at most 63 characters on one line';

const KEY = /^[a-z0-9](?:[a-z0-9._/-]{0,61}[a-z0-9])?$/;
/** What cannot be seen, or turns the words around it. */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;
const POINTER = '/labels';
const POINTED_MAX = 128;

/** Everything that is wrong with labels as they were sent, each fault with its place. */
export function faultsOfLabels(labels: JsonObject): readonly FieldProblem[] {
  const pairs = Object.entries(labels);
  const tooMany = {
    ...{ pointer: POINTER, code: 'too_many' },
    detail: `at most ${String(LABELS_MAX)} labels`,
  };
  return [
    ...(pairs.length > LABELS_MAX ? [tooMany] : []),
    ...pairs.slice(0, LABELS_MAX).flatMap(([key, value]) => {
      const fault = keyFault(key) ?? valueFault(value);
      return fault === undefined ? [] : [{ pointer: pointerTo(key), ...fault }];
    }),
  ];
}

/** Only texts are left: `faultsOfLabels` has told of everything else. */
export const judgedLabels = (labels: JsonObject): Labels =>
  Object.fromEntries(
    Object.entries(labels).flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : [])),
  );

/** As a merge patch says it: null takes one away, or all. */
export function labelsAfter(before: Labels, patch: JsonObject | null | undefined): JsonObject {
  if (patch === undefined) return before;
  return patch === null ? {} : mergePatch(before, patch);
}

/** `key` or `key:value`; a key has no colon, a value may have some. undefined: no label can look like this. */
export function readLabelTerm(text: string): LabelTerm | undefined {
  const colon = text.indexOf(':');
  const key = colon === -1 ? text : text.slice(0, colon);
  if (keyFault(key) !== undefined) return undefined;
  if (colon === -1) return { key };
  const value = text.slice(colon + 1);
  return valueFault(value) === undefined ? { key, value } : undefined;
}

type Fault = Pick<FieldProblem, 'code' | 'detail'>;

const keyFault = (key: string): Fault | undefined =>
  KEY.test(key)
    ? undefined
    : {
        code: 'invalid_name',
        detail:
          'a key has 1-63 lower-case letters, digits, ".", "_", "/" or "-", and a letter or digit at both ends',
      };

function valueFault(value: unknown): Fault | undefined {
  if (typeof value !== 'string') return { code: 'invalid_type', detail: 'a value is text' };
  if (Array.from(value).length <= LABEL_VALUE_MAX && !HIDDEN.test(value)) return undefined;
  return {
    code: 'invalid',
    detail: `a value has at most ${String(LABEL_VALUE_MAX)} characters, and none that cannot be seen`,
  };
}

/** Names come from the caller: an answer never repeats a whole megabyte of them. */
const pointerTo = (key: string): string =>
  `${POINTER}/${key.slice(0, POINTED_MAX).replaceAll('~', '~0').replaceAll('/', '~1')}`;
