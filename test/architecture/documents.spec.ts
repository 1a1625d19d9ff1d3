import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PRODUCT, ROOT } from './sources';

const MAX_SETTINGS = 30;
/** A start of the compiled program; the limit guards against hanging only. */
const LIMIT_MS = 120_000;

const run = (script: string): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'dist/src/app', script)], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
};
const committed = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

describe('the committed documents', () => {
  it(
    'E1: openapi.json is what the controllers say',
    () => {
      expect(run('print-openapi.js')).toBe(committed('openapi.json'));
    },
    LIMIT_MS,
  );

  it.each([
    [
      '.env.example, docs/configuration.md and docs/settings.md are what the settings say',
      'print-settings.js',
    ],
    ['docs/permissions.md is what the controllers ask for', 'print-permissions.js'],
  ])(
    '%s',
    (_what, program) => {
      const files = JSON.parse(run(program)) as Record<string, string>;
      for (const [name, text] of Object.entries(files)) expect(committed(name)).toBe(text);
    },
    LIMIT_MS,
  );

  it('E18: there are few settings', () => {
    const names = committed('.env.example').match(/^#? ?[A-Z][A-Z0-9_]+=/gm) ?? [];
    expect(names.length).toBeGreaterThan(10);
    expect(names.length).toBeLessThan(MAX_SETTINGS);
  });

  it('the page of metrics has every metric', () => {
    const page = committed('docs/metrics.md');
    const made = PRODUCT.flatMap(({ text }) =>
      [...text.matchAll(/\.(?:counter|gauge|histogram)\(\s*'([a-z_]+)'/g)].map((match) => match[1] ?? ''),
    );
    expect(made.length).toBeGreaterThan(20);
    expect(made.filter((name) => !page.includes(`\`quayside_${name}\``))).toEqual([]);
  });
});
