import { COMPARISONS, type Comparison, type Expression, type Operand } from './expression';
import { LITERAL, literalOf, referenceAt } from './reference';
import { TemplateSyntaxError } from './template-errors';

export const EXPRESSION_MAX_LENGTH = 2_000;
/** Parentheses and `not` inside each other. */
export const EXPRESSION_MAX_DEPTH = 20;

const BLANK = /\s*/y;
const LITERAL_HERE = new RegExp(LITERAL, 'y');
const WORD = /(?:and|or|not)\b/y;
const SHOWN_MAX = 40;

/** Reads a condition; throws `TemplateSyntaxError` with the place where it stops being one. */
export function parseExpression(text: string): Expression {
  if (text.length > EXPRESSION_MAX_LENGTH)
    throw new TemplateSyntaxError(`is longer than ${String(EXPRESSION_MAX_LENGTH)} characters`);
  return new Parser(text).whole();
}

/**
 * any  := all ('or' all)*
 * all  := one ('and' one)*
 * one  := 'not' one | '(' any ')' | operand (comparison operand)?
 */
class Parser {
  private at = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  whole(): Expression {
    const expression = this.any();
    if (this.at < this.text.length) throw this.unexpected('"and", "or" or the end');
    return expression;
  }

  private any(): Expression {
    return this.joined('or', () => this.joined('and', () => this.one()));
  }

  private joined(op: 'and' | 'or', part: () => Expression): Expression {
    const first = part();
    const of = [first];
    while (this.takeWord(op)) of.push(part());
    return of.length === 1 ? first : { op, of };
  }

  private one(): Expression {
    if (this.takeWord('not')) return this.deeper(() => ({ op: 'not', of: this.one() }));
    if (this.take('(')) {
      return this.deeper(() => {
        const inner = this.any();
        if (!this.take(')')) throw this.unexpected('")"');
        return inner;
      });
    }
    const left = this.operand();
    const op = this.comparison();
    return op === undefined ? { op: 'is', of: left } : { op, left, right: this.operand() };
  }

  private deeper(part: () => Expression): Expression {
    this.depth += 1;
    if (this.depth > EXPRESSION_MAX_DEPTH)
      throw new TemplateSyntaxError(`is nested deeper than ${String(EXPRESSION_MAX_DEPTH)}`);
    const expression = part();
    this.depth -= 1;
    return expression;
  }

  private operand(): Operand {
    this.skipBlanks();
    if (this.text.startsWith('${', this.at)) {
      const reference = referenceAt(this.text, this.at);
      this.at += reference.text.length;
      this.skipBlanks();
      return { reference };
    }
    const literal = this.match(LITERAL_HERE);
    if (literal === undefined)
      throw this.unexpected('a reference, a text in quotes, a number, true, false or null');
    return { literal: literalOf(literal) };
  }

  private comparison(): Comparison | undefined {
    return COMPARISONS.find((comparison) => this.take(comparison));
  }

  private take(sign: string): boolean {
    this.skipBlanks();
    if (!this.text.startsWith(sign, this.at)) return false;
    this.at += sign.length;
    this.skipBlanks();
    return true;
  }

  private takeWord(word: 'and' | 'or' | 'not'): boolean {
    this.skipBlanks();
    WORD.lastIndex = this.at;
    if (WORD.exec(this.text)?.[0] !== word) return false;
    this.match(WORD);
    return true;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    this.skipBlanks();
    return found;
  }

  private skipBlanks(): void {
    BLANK.lastIndex = this.at;
    this.at += BLANK.exec(this.text)?.[0].length ?? 0;
  }

  private unexpected(wanted: string): TemplateSyntaxError {
    const rest = this.text.slice(this.at, this.at + SHOWN_MAX);
    const found = rest === '' ? 'it ends' : `"${rest}" stands there`;
    return new TemplateSyntaxError(`wants ${wanted} at character ${String(this.at + 1)}, where ${found}`);
  }
}
