import { type Literal, type Reference } from './reference';

export const COMPARISONS = ['==', '!=', '<=', '>=', '<', '>'] as const;
export type Comparison = (typeof COMPARISONS)[number];

export type Operand = { readonly literal: Literal } | { readonly reference: Reference };

/** A condition, parsed: `and`, `or`, `not` over comparisons of references and literals, and nothing else. */
export type Expression =
  | { readonly op: 'and' | 'or'; readonly of: readonly Expression[] }
  | { readonly op: 'not'; readonly of: Expression }
  | { readonly op: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly op: 'is'; readonly of: Operand };

/** Every reference in it, in the order of the text. */
export function referencesIn(expression: Expression): readonly Reference[] {
  switch (expression.op) {
    case 'and':
    case 'or':
      return expression.of.flatMap(referencesIn);
    case 'not':
      return referencesIn(expression.of);
    case 'is':
      return ofOperand(expression.of);
    default:
      return [...ofOperand(expression.left), ...ofOperand(expression.right)];
  }
}

const ofOperand = (operand: Operand): readonly Reference[] =>
  'reference' in operand ? [operand.reference] : [];
