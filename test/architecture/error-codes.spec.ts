import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRODUCT, ROOT } from './sources';

const STATUS_OF_KIND: Readonly<Record<string, number>> = {
  malformed: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  stale: 412,
  too_large: 413,
  invalid: 422,
  precondition_required: 428,
  exhausted: 429,
  upstream: 502,
  unavailable: 503,
  timeout: 504,
};

interface Declared {
  readonly code: string;
  readonly kind: string | undefined;
  readonly path: string;
}

const declared: readonly Declared[] = PRODUCT.flatMap(({ path, text }) =>
  [...text.matchAll(/readonly code(?:: string)? = '([a-z0-9_]+)'(?: as const)?;([\s\S]{0,300})/g)].map(
    (match) => ({
      code: match[1] ?? '',
      kind: /readonly kind(?:: ErrorKind)? = '([a-z_]+)'/.exec(match[2] ?? '')?.[1],
      path,
    }),
  ),
);
const folder = join(ROOT, 'docs', 'errors');
const pageOf = (code: string): string => join(folder, `${code}.md`);

describe('E30: the error catalogue', () => {
  it('finds the codes', () => {
    expect(declared.length).toBeGreaterThan(40);
  });

  it.each(declared.map(({ code, path }) => [code, path]))(
    '%s (%s) has a page with cause and way out',
    (code) => {
      expect(existsSync(pageOf(code))).toBe(true);
      const page = readFileSync(pageOf(code), 'utf8');
      expect(page).toMatch(new RegExp(`^# ${code}\n`));
      for (const part of ['Status: ', '## Meaning', '## Causes', '## What to do'])
        expect(page).toContain(part);
    },
  );

  it.each(declared.filter(({ kind }) => kind !== undefined).map(({ code, kind }) => [code, kind ?? '']))(
    '%s states the status of its kind (%s)',
    (code, kind) => {
      expect(readFileSync(pageOf(code), 'utf8')).toContain(`Status: ${String(STATUS_OF_KIND[kind])}`);
    },
  );

  it('has no page without a code', () => {
    const sources = PRODUCT.map(({ text }) => text).join('\n');
    const orphans = readdirSync(folder)
      .map((file) => file.replace(/\.md$/, ''))
      .filter((code) => !sources.includes(`'${code}'`));
    expect(orphans).toEqual([]);
  });

  it('gives each code to one class', () => {
    const codes = declared.map(({ code }) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });
});
