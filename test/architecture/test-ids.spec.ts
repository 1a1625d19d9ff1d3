import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ROOT } from './sources';

const CONSOLE = join(ROOT, 'src', 'console', 'web', 'src');
const NAMES: ReadonlySet<string> = new Set(['data-testid', 'testId']);
const EITHER: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.AmpersandAmpersandToken,
]);
/** Stands for whatever is filled in. */
const HOLE = '<>';

const textOf = (path: string): string => readFileSync(path, 'utf8');

/** The ids that an expression may come to; one that comes from elsewhere is written there. */
function idsIn(expression: ts.Node | undefined): readonly string[] {
  if (expression === undefined) return [];
  if (ts.isStringLiteralLike(expression)) return [expression.text];
  if (ts.isTemplateExpression(expression))
    return [
      expression.head.text + expression.templateSpans.map(({ literal }) => HOLE + literal.text).join(''),
    ];
  if (ts.isJsxExpression(expression) || ts.isParenthesizedExpression(expression))
    return idsIn(expression.expression);
  if (ts.isConditionalExpression(expression))
    return [...idsIn(expression.whenTrue), ...idsIn(expression.whenFalse)];
  if (ts.isBinaryExpression(expression) && EITHER.has(expression.operatorToken.kind))
    return [...idsIn(expression.left), ...idsIn(expression.right)];
  return [];
}

function idsBelow(node: ts.Node): readonly string[] {
  const own =
    (ts.isJsxAttribute(node) || ts.isPropertyAssignment(node)) &&
    NAMES.has(node.name.getText().replaceAll("'", ''))
      ? idsIn(node.initializer)
      : [];
  const below: string[] = [];
  node.forEachChild((child) => void below.push(...idsBelow(child)));
  return [...own, ...below];
}

function idsOfTheCode(): readonly string[] {
  const files = readdirSync(CONSOLE, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.tsx'),
  );
  return files.flatMap((name) => {
    const path = join(CONSOLE, name);
    return idsBelow(ts.createSourceFile(path, textOf(path), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  });
}

function idsOfTheDocument(): readonly string[] {
  const rows = textOf(join(ROOT, 'docs', 'console-testids.md'))
    .split('\n')
    .filter((line) => line.startsWith('| '));
  return rows.flatMap((row) =>
    [...row.matchAll(/`([^`]+)`/g)].map(([, id = '']) => id.replace(/<[^>]+>/g, HOLE)),
  );
}

/** What scripts of others hold on to. */
describe('docs/console-testids.md', () => {
  const [code, document] = [new Set(idsOfTheCode()), new Set(idsOfTheDocument())];

  it('names every element that the console marks', () => {
    expect([...code].filter((id) => !document.has(id)).sort()).toEqual([]);
  });

  it('promises none that is not there', () => {
    expect(code.size).toBeGreaterThan(300);
    expect([...document].filter((id) => !code.has(id)).sort()).toEqual([]);
  });
});
