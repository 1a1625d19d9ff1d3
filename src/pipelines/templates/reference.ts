import { TemplateSyntaxError } from './template-errors';

export type Literal = string | number | boolean | null;

/** One `${…}`: where a value of the run stands. */
export type Reference = {
  /** As written, with its braces: errors name it. */
  readonly text: string;
  readonly path: readonly string[];
  /** What stands for a value that is not there. */
  readonly fallback?: { readonly value: Literal };
} & (
  | { readonly root: 'input' | 'parameters' }
  | { readonly root: 'stages'; readonly stage: string; readonly field: 'output' | 'status' }
);

export const PATH_SEGMENTS_MAX = 32;

const SEGMENT = String.raw`\.[A-Za-z0-9_-]+|\[\d{1,9}\]|\["(?:[^"\\]|\\.)*"\]`;
export const LITERAL = String.raw`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|(?:true|false|null)\b`;
const REFERENCE = new RegExp(
  String.raw`\$\{\s*(input|parameters|stages)((?:${SEGMENT})*)\s*(?:\?\?\s*(${LITERAL})\s*)?\}`,
  'y',
);
const SEGMENTS = new RegExp(SEGMENT, 'g');
const SHOWN_MAX = 60;

/** The reference that starts at this place of a text. */
export function referenceAt(text: string, at: number): Reference {
  REFERENCE.lastIndex = at;
  const match = REFERENCE.exec(text);
  if (match === null) throw new TemplateSyntaxError(notAReference(text, at));
  const [written, root, segments = '', literal] = match;
  const path = (segments.match(SEGMENTS) ?? []).map(segmentOf);
  if (path.length > PATH_SEGMENTS_MAX)
    throw new TemplateSyntaxError(`${shorten(written)} has more than ${String(PATH_SEGMENTS_MAX)} parts`);
  const rest = literal === undefined ? {} : { fallback: { value: literalOf(literal) } };
  return root === 'stages'
    ? { text: written, ...ofStage(written, path), ...rest }
    : { text: written, root: root === 'input' ? 'input' : 'parameters', path, ...rest };
}

function ofStage(
  written: string,
  path: readonly string[],
): Pick<Extract<Reference, { root: 'stages' }>, 'root' | 'stage' | 'field' | 'path'> {
  const [stage, field, ...rest] = path;
  if (stage !== undefined && field === 'output') return { root: 'stages', stage, field, path: rest };
  if (stage !== undefined && field === 'status' && rest.length === 0)
    return { root: 'stages', stage, field, path: rest };
  throw new TemplateSyntaxError(`${shorten(written)} must go on with a stage's name and .output or .status`);
}

function segmentOf(segment: string): string {
  if (segment.startsWith('.')) return segment.slice(1);
  const inner = segment.slice(1, -1);
  return inner.startsWith('"') ? textOf(inner) : String(Number(inner));
}

export function literalOf(literal: string): Literal {
  if (literal.startsWith('"') || literal.startsWith("'")) return textOf(literal);
  return JSON.parse(literal) as Literal;
}

/** A backslash takes the next character as it is; there are no other escapes to learn. */
const textOf = (quoted: string): string => quoted.slice(1, -1).replaceAll(/\\(.)/gs, '$1');

const notAReference = (text: string, at: number): string =>
  `${shorten(text.slice(at))} is no reference: write \${input.…}, \${parameters.…} or \${stages.<name>.output.…}, or $\${ for the signs themselves`;

const shorten = (text: string): string => (text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text);
