import { type JsonObject, type JsonValue } from '@app/kernel';
import { lookUp, type TemplateData } from './look-up';
import { type Reference, referenceAt } from './reference';
import { TemplateError } from './template-errors';

/** What a template may grow to: the size of any payload. */
export const RESOLVED_MAX_BYTES = 256 * 1024;

type Part = string | Reference;

const OPEN = '${';
/** Written twice, the sign stands for itself. */
const ESCAPED = '$${';

/**
 * The template with values in the place of its references. A text that is one reference and nothing else becomes the value
 * as it is; inside other text a value is written out. Nothing is evaluated.
 */
export function resolve(
  template: JsonValue,
  data: TemplateData,
  maxBytes: number = RESOLVED_MAX_BYTES,
): JsonValue {
  const budget = new Budget(maxBytes);
  const resolved = walk(template, (text) => fill(partsOf(text), data, budget));
  budget.demand(resolved);
  return resolved;
}

/** Every reference in it, in the order of the text. Throws `TemplateSyntaxError` where one is not well written. */
export function referencesOf(template: JsonValue): readonly Reference[] {
  return textsOf(template).flatMap(({ text }) =>
    partsOf(text).filter((part): part is Reference => typeof part !== 'string'),
  );
}

export interface PlacedText {
  /** JSON pointer below the template. */
  readonly pointer: string;
  readonly text: string;
}

/** The texts of a template; the names of members are not templates. */
export function textsOf(template: JsonValue, pointer = ''): readonly PlacedText[] {
  if (typeof template === 'string') return [{ pointer, text: template }];
  if (typeof template !== 'object' || template === null) return [];
  return Object.entries(template as JsonObject).flatMap(([key, value]) =>
    textsOf(value, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

/** Literal text and references, in turn. */
export function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let literal = '';
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf(OPEN, at);
    if (next === -1) break;
    // The sign before it makes both stand for themselves.
    if (next > at && text.startsWith(ESCAPED, next - 1)) {
      literal += text.slice(at, next - 1) + OPEN;
      at = next + OPEN.length;
      continue;
    }
    literal += text.slice(at, next);
    if (literal !== '') parts.push(literal);
    literal = '';
    const reference = referenceAt(text, next);
    parts.push(reference);
    at = next + reference.text.length;
  }
  literal += text.slice(at);
  return literal === '' ? parts : [...parts, literal];
}

function walk(template: JsonValue, onText: (text: string) => JsonValue): JsonValue {
  if (typeof template === 'string') return onText(template);
  if (typeof template !== 'object' || template === null) return template;
  if (Array.isArray(template)) return (template as JsonValue[]).map((item) => walk(item, onText));
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, walk(value, onText)]));
}

function fill(parts: readonly Part[], data: TemplateData, budget: Budget): JsonValue {
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'object') return budget.take(lookUp(only, data));
  return parts
    .map((part) => (typeof part === 'string' ? part : written(budget.take(lookUp(part, data)))))
    .join('');
}

const written = (value: JsonValue): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Counted while it grows: a small template may name one large value a thousand times. */
class Budget {
  private taken = 0;

  constructor(private readonly maxBytes: number) {}

  take(value: JsonValue): JsonValue {
    this.taken += bytesOf(value);
    if (this.taken > this.maxBytes) throw this.exceeded();
    return value;
  }

  demand(whole: JsonValue): void {
    if (bytesOf(whole) > this.maxBytes) throw this.exceeded();
  }

  private exceeded(): TemplateError {
    return new TemplateError(
      'template_too_large',
      `With its values the template is larger than ${String(this.maxBytes)} bytes.`,
    );
  }
}

const bytesOf = (value: JsonValue): number => Buffer.byteLength(JSON.stringify(value));
