import { isSameJson, type JsonObject, type JsonValue } from '@app/kernel';
import {
  isList,
  LISTED_KINDS,
  type ListedKind,
  type Manifest,
  type ManifestKind,
  type NamedItem,
  ownSecretsOf,
} from './manifest';

export const CHANGE_ACTIONS = ['create', 'update', 'delete', 'unchanged'] as const;
export type ChangeAction = (typeof CHANGE_ACTIONS)[number];

export interface FieldChange {
  /** JSON Pointer inside of the item. */
  readonly pointer: string;
  readonly before: JsonValue;
  readonly after: JsonValue;
}

export interface Change {
  readonly kind: ManifestKind;
  readonly name: string;
  readonly action: ChangeAction;
  readonly fields: readonly FieldChange[];
  /** Of a new instance: secrets that the text cannot hold, and that somebody has to give. */
  readonly secrets: readonly string[];
}

/**
 * What has to be done so that what is there becomes what is wanted, in an order in which it can be done. What an item does not
 * say stays as it is; what the text does not name goes only where that was asked for.
 */
export function compare(current: Manifest, wanted: Manifest, prune: boolean): readonly Change[] {
  const kinds = LISTED_KINDS.filter((kind) => wanted[kind] !== undefined);
  return [
    ...kinds.flatMap((kind) => (wanted[kind] ?? []).map((item) => changeOf(kind, current[kind], item))),
    ...settingChanges(current.settings ?? {}, wanted.settings ?? {}),
    ...(prune ? [...kinds].reverse().flatMap((kind) => deletions(kind, current[kind], wanted[kind])) : []),
  ];
}

function changeOf(kind: ListedKind, current: readonly NamedItem[] = [], wanted: NamedItem): Change {
  const { name } = wanted;
  const before = current.find((item) => item.name === name);
  if (before === undefined) {
    const secrets = kind === 'instances' ? ownSecretsOf(wanted) : [];
    return { kind, name, action: 'create', fields: [], secrets };
  }
  const fields = differences(before, wanted, '');
  return { kind, name, action: fields.length === 0 ? 'unchanged' : 'update', fields, secrets: [] };
}

const deletions = (
  kind: ListedKind,
  current: readonly NamedItem[] = [],
  wanted: readonly NamedItem[] = [],
): readonly Change[] =>
  current
    .filter(({ name }) => !wanted.some((item) => item.name === name))
    .map(({ name }) => ({ kind, name, action: 'delete', fields: [], secrets: [] }));

const settingChanges = (current: JsonObject, wanted: JsonObject): readonly Change[] =>
  Object.entries(wanted).map(([name, after]) => {
    const before = current[name] ?? null;
    const isSame = isSameJson(before, after);
    return {
      ...{ kind: 'settings', name, action: isSame ? 'unchanged' : 'update', secrets: [] },
      fields: isSame ? [] : [{ pointer: '', before, after }],
    };
  });

/** Members that are not said are not compared, at any depth: defaults stand for them. */
function differences(
  before: JsonValue | undefined,
  after: JsonValue,
  pointer: string,
): readonly FieldChange[] {
  if (isObject(before) && isObject(after))
    return Object.entries(after).flatMap(([key, value]) =>
      differences(before[key], value, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
    );
  if (isList(before) && isList(after) && before.length === after.length)
    return after.flatMap((value, index) => differences(before[index], value, `${pointer}/${String(index)}`));
  // Said to be nothing, and not there: the same.
  if ((before === undefined && after === null) || isSameJson(before, after)) return [];
  return [{ pointer, before: before ?? null, after }];
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !isList(value);
