import { parse as parseYaml } from 'yaml';

/** Deeper than any configuration; a parser that calls itself for each level must not be given more. */
const DEPTH_MAX = 32;
export class StructureFault extends Error {}

/** JSON, also with comments and commas at the end, as editors write it. */
export function parseJsonWithComments(text: string): unknown {
  const plain = withoutComments(text);
  refuseDepth(plain);
  try {
    return withoutPrototypes(JSON.parse(plain));
  } catch (error) {
    if (error instanceof StructureFault) throw error;
    throw new StructureFault('it is not valid JSON', { cause: error });
  }
}

/** Without aliases: a few of them would become gigabytes. */
export function parsePlainYaml(text: string): unknown {
  refuseDepth(text);
  if (/^[ \t]{200,}/m.test(text)) throw new StructureFault('it lies too deep');
  try {
    return withoutPrototypes(
      parseYaml(text, { maxAliasCount: 0, schema: 'core', merge: false, logLevel: 'silent' }),
    );
  } catch (error) {
    throw new StructureFault('it is not valid YAML, or uses aliases, which are not read', { cause: error });
  }
}

const PART = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*\*\/|,(?=\s*[}\]])/gs;
/** Texts are passed over as they are; the pattern takes each of them as a whole. */
const withoutComments = (text: string): string =>
  text
    .replaceAll(PART, (part) => (part.startsWith('"') ? part : ''))
    .replaceAll(PART, (part) => (part === ',' ? '' : part));

function refuseDepth(text: string): void {
  let depth = 0;
  for (const bracket of text.match(/[[\]{}]/g) ?? []) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > DEPTH_MAX) throw new StructureFault('it lies too deep');
  }
}

/** Names that mean something to objects themselves are no names of servers. */
export function withoutPrototypes(value: unknown): unknown {
  if (typeof value === 'string') return showableText(value);
  if (Array.isArray(value)) return value.map(withoutPrototypes);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      key === '__proto__' || key === 'constructor' || key === 'prototype'
        ? []
        : [[key, withoutPrototypes(each)]],
    ),
  );
}

/** What no store takes and no page shows: control characters, and halves of characters. */
export const showableText = (text: string): string =>
  text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Surrogate}/gu, '');
