import { isSameJson, type JsonValue } from '@app/kernel';
import { type Comparison, type Expression, type Operand } from './expression';
import { lookUpOrNull, type TemplateData } from './look-up';
import { TemplateError } from './template-errors';

/** Whether a condition holds. What cannot be decided throws: skipping a stage in silence would be a guess. */
export function evaluate(when: Expression, data: TemplateData): boolean {
  switch (when.op) {
    case 'and':
      return when.of.every((part) => evaluate(part, data));
    case 'or':
      return when.of.some((part) => evaluate(part, data));
    case 'not':
      return !evaluate(when.of, data);
    case 'is':
      return demandBoolean(when.of, data);
    default:
      return compare(when.op, valueOf(when.left, data), valueOf(when.right, data));
  }
}

const valueOf = (operand: Operand, data: TemplateData): JsonValue =>
  'literal' in operand ? operand.literal : lookUpOrNull(operand.reference, data);

/** What is missing is not so; anything else that is no yes or no has to be compared with something. */
function demandBoolean(operand: Operand, data: TemplateData): boolean {
  const value = valueOf(operand, data);
  if (typeof value === 'boolean') return value;
  if (value === null) return false;
  throw undecidable(`${nameOf(operand)} is neither true nor false`);
}

const nameOf = (operand: Operand): string =>
  'literal' in operand ? JSON.stringify(operand.literal) : operand.reference.text;

function compare(comparison: Comparison, left: JsonValue, right: JsonValue): boolean {
  if (comparison === '==') return isSameJson(left, right);
  if (comparison === '!=') return !isSameJson(left, right);
  const areNumbers = typeof left === 'number' && typeof right === 'number';
  const areTexts = typeof left === 'string' && typeof right === 'string';
  if (!areNumbers && !areTexts)
    throw undecidable(`${kindOf(left)} and ${kindOf(right)} have no order for "${comparison}"`);
  if (comparison === '<') return left < right;
  if (comparison === '>') return left > right;
  return comparison === '<=' ? left <= right : left >= right;
}

function kindOf(value: JsonValue): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

const undecidable = (reason: string): TemplateError =>
  new TemplateError('condition_undecidable', `The condition cannot be decided: ${reason}.`);
