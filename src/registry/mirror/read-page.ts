import { type JsonObject, type JsonValue } from '@app/kernel';
import { REGISTRY_META } from '../domain/published-server';

/** What is kept of one entry of another registry. Everything in it is text of strangers, to be shown and never to be obeyed. */
export interface SeenEntry {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly status: string;
  /** Kinds of packages, and `remote`. */
  readonly kinds: readonly string[];
  readonly document: JsonObject;
  readonly updatedAt: string | null;
}

export interface SeenPage {
  readonly entries: readonly SeenEntry[];
  /** Names that the registry says are gone. */
  readonly gone: readonly string[];
  readonly next: string | undefined;
  /** Entries that could not be taken for servers. */
  readonly refused: number;
}

const NAME = /^[a-zA-Z0-9.-]{1,150}\/[a-zA-Z0-9._-]{1,100}$/;
/** Real ones have some thousand characters; a catalogue of bombs is no catalogue. */
const DOCUMENT_MAX = 65_536;
const TITLE_MAX = 100;
const DESCRIPTION_MAX = 1_000;
const VERSION_MAX = 255;
const KINDS_MAX = 8;
const ENTRIES_MAX = 500;
const CURSOR_MAX = 2_048;

/** undefined: this is no page of a registry. */
export function readPage(answer: JsonValue): SeenPage | undefined {
  if (!isObject(answer) || !Array.isArray(answer['servers'])) return undefined;
  const given = (answer['servers'] as readonly JsonValue[]).slice(0, ENTRIES_MAX).map(readEntry);
  const known = given.filter((each) => each !== undefined);
  const latest = known.filter(({ isLatest }) => isLatest);
  return {
    entries: latest.filter(({ entry }) => entry.status !== 'deleted').map(({ entry }) => entry),
    gone: latest.filter(({ entry }) => entry.status === 'deleted').map(({ entry }) => entry.name),
    next: nextOf(answer['metadata']),
    refused: given.length - known.length,
  };
}

function nextOf(metadata: JsonValue | undefined): string | undefined {
  const next = isObject(metadata) ? (metadata['nextCursor'] ?? metadata['next_cursor']) : undefined;
  return typeof next === 'string' && next !== '' && next.length <= CURSOR_MAX ? next : undefined;
}

interface Read {
  readonly entry: SeenEntry;
  readonly isLatest: boolean;
}

function readEntry(value: JsonValue): Read | undefined {
  if (!isObject(value)) return undefined;
  const document = documentIn(value['server']);
  if (document === undefined) return undefined;
  const name = document['name'] as string;
  const { status, updatedAt, isLatest } = membersOf(membersOf(value['_meta'])[REGISTRY_META]);
  return {
    isLatest: isLatest !== false,
    entry: {
      ...{ name, document, kinds: kindsOf(document) },
      title: line(document['title'], TITLE_MAX),
      description: line(document['description'], DESCRIPTION_MAX),
      version: line(document['version'], VERSION_MAX),
      status: status === 'deleted' || status === 'deprecated' ? status : 'active',
      updatedAt: timeOf(updatedAt),
    },
  };
}

/** undefined: too large, without a name that is one, or nothing like it. */
function documentIn(server: JsonValue | undefined): JsonObject | undefined {
  if (!isObject(server)) return undefined;
  const { name } = server;
  if (typeof name !== 'string' || !NAME.test(name)) return undefined;
  const document = plain(server) as JsonObject;
  return JSON.stringify(document).length > DOCUMENT_MAX ? undefined : document;
}

const membersOf = (value: JsonValue | undefined): JsonObject => (isObject(value) ? value : {});

function kindsOf({ packages, remotes }: JsonObject): readonly string[] {
  const types = (Array.isArray(packages) ? (packages as readonly JsonValue[]) : []).flatMap((each) => {
    const type = isObject(each) ? each['registryType'] : undefined;
    return typeof type === 'string' && /^[a-z0-9-]{1,20}$/.test(type) ? [type] : [];
  });
  const remote = Array.isArray(remotes) && remotes.length > 0 ? ['remote'] : [];
  return [...new Set([...types, ...remote])].slice(0, KINDS_MAX);
}

const timeOf = (value: JsonValue | undefined): string | null => {
  const time = typeof value === 'string' && value.length <= 40 ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : new Date(time).toISOString();
};

/** Control characters, and those that turn the direction of text around, make words look like others. */
const UNSHOWN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu;
const line = (value: JsonValue | undefined, max: number): string =>
  typeof value === 'string'
    ? value
        .replaceAll(UNSHOWN, ' ')
        .trim()
        .slice(0, max)
        .replace(/\p{Surrogate}$/u, '')
    : '';

/** What no store takes, and names that mean something to objects themselves. */
function plain(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.replaceAll(/\0|\p{Surrogate}/gu, '');
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      key === '__proto__' || key === 'constructor' || key === 'prototype'
        ? []
        : [[key.replaceAll(/\0|\p{Surrogate}/gu, ''), plain(each)]],
    ),
  );
}

const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
