import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './sources';

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
    'openapi.json is what the controllers say',
    () => {
      expect(run('print-openapi.js')).toBe(committed('openapi.json'));
    },
    LIMIT_MS,
  );

  it(
    '.env.example and docs/configuration.md are what the settings say',
    () => {
      const files = JSON.parse(run('print-settings.js')) as Record<string, string>;
      for (const [name, text] of Object.entries(files)) expect(committed(name)).toBe(text);
    },
    LIMIT_MS,
  );

  it('there are few settings', () => {
    const names = committed('.env.example').match(/^#? ?[A-Z][A-Z0-9_]+=/gm) ?? [];
    expect(names.length).toBeGreaterThan(10);
    expect(names.length).toBeLessThan(MAX_SETTINGS);
  });

  it('every page that the README names is there', () => {
    const links = [...committed('README.md').matchAll(/\]\(([^)#]+)\)/g)].map((match) => match[1] ?? '');
    for (const link of links) expect(() => readFileSync(join(ROOT, link))).not.toThrow(/ENOENT/);
  });
});
