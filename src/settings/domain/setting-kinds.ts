import { type FieldProblem, type JsonObject, type JsonValue } from '@app/kernel';

/** Where a value is in the body of a change. */
export const VALUE_POINTER = '/value';

interface Described {
  /** What it does, in whole sentences. */
  readonly description: string;
  /** Which part of the product looks at it. */
  readonly readBy: string;
}

/** One stored setting: what it may be, what it is until somebody says otherwise, and who asks. */
export interface SettingKind<T extends JsonValue> extends Described {
  readonly type: 'integer' | 'boolean' | 'choice' | 'text' | 'limits';
  readonly default: T;
  /** In words, for the page of settings. */
  readonly bounds: string;
  /** Everything that is wrong with a value; nothing where there is no fault. */
  faultsOf(value: unknown): readonly FieldProblem[];
}

const fault = (pointer: string, code: string, detail: string): FieldProblem => ({ pointer, code, detail });

const isWhole = (value: unknown, min: number, max: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;

export function whole(
  o: Described & { readonly default: number; readonly min: number; readonly max: number },
): SettingKind<number> {
  const bounds = `${o.min} to ${o.max}`;
  return {
    ...{ description: o.description, readBy: o.readBy, default: o.default },
    ...{ type: 'integer', bounds },
    faultsOf: (value) =>
      isWhole(value, o.min, o.max) ? [] : [fault(VALUE_POINTER, 'range', `is a whole number, ${bounds}`)],
  };
}

export function flag(o: Described & { readonly default: boolean }): SettingKind<boolean> {
  return {
    ...{ ...o, type: 'boolean', bounds: 'true or false' },
    faultsOf: (value) =>
      typeof value === 'boolean' ? [] : [fault(VALUE_POINTER, 'type', 'is true or false')],
  };
}

export function choice<Word extends string>(
  o: Described & { readonly default: Word; readonly words: readonly Word[] },
): SettingKind<Word> {
  const { words, ...rest } = o;
  const bounds = words.join(', ');
  return {
    ...{ ...rest, type: 'choice', bounds },
    faultsOf: (value) =>
      (words as readonly unknown[]).includes(value)
        ? []
        : [fault(VALUE_POINTER, 'one_of', `is one of ${bounds}`)],
  };
}

const ADDRESS_MAX = 2_048;

/** Where something is that is asked over HTTP; empty: nowhere. */
export function address(o: Described): SettingKind<string> {
  const bounds = 'an http or https address without a credential, or empty';
  return {
    ...{ ...o, default: '', type: 'text', bounds },
    faultsOf: (value) => (isAddress(value) ? [] : [fault(VALUE_POINTER, 'url', `is ${bounds}`)]),
  };
}

function isAddress(value: unknown): value is string {
  if (value === '') return true;
  if (typeof value !== 'string' || value.length > ADDRESS_MAX || !URL.canParse(value)) return false;
  const { protocol, username, password, search, hash } = new URL(value);
  return /^https?:$/.test(protocol) && [username, password, search, hash].every((part) => part === '');
}

/** Numbers under given names; null is no limit. A name that is left out is no limit either. */
export type Limits<Name extends string> = { readonly [N in Name]: number | null };

/** How often something may happen in a window of time, for each scope that it is counted by. */
export type RatePolicy<Scope extends string> = Limits<Scope> & { readonly window_s: number };

const LIMIT_MAX = 1_000_000_000_000_000;
const WINDOW_MAX_S = 86_400;

interface LimitsShape<Name extends string> {
  readonly names: readonly Name[];
  readonly hasWindow: boolean;
}

export function limits<Name extends string>(
  o: Described & { readonly names: readonly Name[]; readonly default: Limits<Name> },
): SettingKind<Limits<Name>> {
  const { names, ...rest } = o;
  return {
    ...{ ...rest, type: 'limits', bounds: `whole numbers or null (no limit) for ${names.join(', ')}` },
    faultsOf: (value) => limitFaults(value, { names, hasWindow: false }),
  };
}

export function rate<Scope extends string>(
  o: Described & { readonly scopes: readonly Scope[]; readonly default: RatePolicy<Scope> },
): SettingKind<RatePolicy<Scope>> {
  const { scopes, ...rest } = o;
  const bounds = `window_s from 1 to ${WINDOW_MAX_S}; whole numbers or null (off) for ${scopes.join(', ')}`;
  return {
    ...{ ...rest, type: 'limits', bounds },
    faultsOf: (value) => limitFaults(value, { names: scopes, hasWindow: true }),
  };
}

/** Also for quotas that are set for one workspace, user, key or agent. */
export function limitFaults(
  value: unknown,
  { names, hasWindow }: LimitsShape<string>,
  pointer = VALUE_POINTER,
): readonly FieldProblem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [fault(pointer, 'type', 'is an object of numbers')];
  return [...memberFaults(value as JsonObject, names, pointer), ...(hasWindow ? windowFaults(value) : [])];

  function windowFaults(given: object): readonly FieldProblem[] {
    const seconds = (given as JsonObject)['window_s'];
    return isWhole(seconds, 1, WINDOW_MAX_S)
      ? []
      : [fault(`${pointer}/window_s`, 'range', `is a whole number of seconds, 1 to ${WINDOW_MAX_S}`)];
  }
}

function memberFaults(value: JsonObject, names: readonly string[], pointer: string): readonly FieldProblem[] {
  return Object.entries(value).flatMap(([name, limit]) => {
    if (name === 'window_s' && !names.includes(name)) return [];
    if (!names.includes(name))
      return [fault(`${pointer}/${name}`, 'unknown_field', `is none of ${names.join(', ')}`)];
    if (limit === null || isWhole(limit, 0, LIMIT_MAX)) return [];
    return [fault(`${pointer}/${name}`, 'range', 'is a whole number that is not negative, or null')];
  });
}
