import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command } from 'commander';
import { EXIT } from '../../src/cli/failures';
import { buildProgram } from '../../src/cli/program';
import { PRODUCT, ROOT } from './sources';

const page = (name: string): string => readFileSync(join(ROOT, 'docs', name), 'utf8');
const silent = { out: () => undefined, say: () => undefined, input: () => Promise.resolve('') };

const pathsOf = (command: Command, before = ''): string[] =>
  command.commands
    .filter((each) => !each.name().startsWith('__'))
    .flatMap((each) => [each.name(), ...pathsOf(each, `${before}${each.name()} `)]);

describe('docs/cli.md', () => {
  const text = page('cli.md');

  it('names every command', () => {
    const names = [...new Set(pathsOf(buildProgram(silent, {}).program))];
    expect(names.filter((name) => !new RegExp(`\`[^\`\n]*\\b${name}\\b`).test(text))).toEqual([]);
  });

  it('names every exit code', () => {
    for (const code of Object.values(EXIT)) expect(text).toContain(`| ${String(code)} | `);
  });
});

describe('docs/diagnose.md', () => {
  it('names every code that a diagnosis gives', () => {
    const judges = PRODUCT.filter(
      ({ path }) => path.includes('instances/diagnosis/') && !path.includes('.spec.'),
    );
    const codes = judges.flatMap(({ text }) =>
      [...text.matchAll(/(?:found\(\s*|code: )'([a-z_]+)'/g)].map((match) => match[1] ?? ''),
    );
    expect(codes.length).toBeGreaterThan(20);
    const text = page('diagnose.md');
    expect([...new Set(codes)].filter((code) => !text.includes(`\`${code}\``))).toEqual([]);
  });
});
