import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..', '..', '..');
const LAZY = 'src/components/lazy';
const NAMED = ['schema-form/form.tsx', 'code-editor/view.tsx', 'dag/canvas.tsx', 'time-chart/view.tsx'];

/** As the build asks it, of a folder that has been built. */
function budgetOf(...folder: readonly string[]): { readonly ok: boolean; readonly said: string } {
  const program = join(ROOT, 'scripts', 'console.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'budget', ...folder], {
    encoding: 'utf8',
  });
  return { ok: status === 0, said: stdout + stderr };
}

describe('the files of the console', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quayside-bundle-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** A build of one page, one screen and the named parts. */
  const builtWith = (files: Readonly<Record<string, string>>): void => {
    const part = (file: string) => ({ file, isDynamicEntry: true });
    const manifest = {
      'index.html': { file: 'assets/index.js', isEntry: true, imports: ['_core.js'], css: ['assets/a.css'] },
      '_core.js': { file: 'assets/core.js' },
      'src/screens/a-page.tsx': { ...part('assets/a-page.js'), imports: ['_core.js', '_own.js'] },
      '_own.js': { file: 'assets/own.js' },
      ...Object.fromEntries(NAMED.map((name) => [`${LAZY}/${name}`, part('assets/part.js')])),
    };
    const small = ['index.js', 'core.js', 'a-page.js', 'own.js', 'part.js', 'a.css'];
    const all = {
      ...Object.fromEntries(small.map((name) => [`assets/${name}`, 'void 0;'])),
      '.vite/manifest.json': JSON.stringify(manifest),
      ...files,
    };
    for (const [path, content] of Object.entries(all)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), content);
    }
  };

  it('weigh no more than was allowed, and hold nothing that makes code from text', () => {
    expect(budgetOf()).toMatchObject({ ok: true });
  });

  it.each([
    [{ 'assets/core.js.gz': ' '.repeat(260_100) }, 'first scripts'],
    [{ 'assets/a.css': ' '.repeat(40_100) }, 'first styles'],
    [{ 'assets/a-page.js': ' '.repeat(20_000), 'assets/own.js': ' '.repeat(20_100) }, 'a-page.tsx'],
    [{ 'assets/part.js': 'new Function("return 1")' }, 'part.js: makes code from text'],
    [{ 'assets/index.js.map': '{}' }, 'index.js.map: not to be shipped'],
  ])('are refused when there is too much of them: %#', (files: Readonly<Record<string, string>>, said) => {
    builtWith({});
    expect(budgetOf(folder)).toMatchObject({ ok: true });
    builtWith(files);
    const answer = budgetOf(folder);
    expect(answer).toMatchObject({ ok: false });
    expect(answer.said).toContain(said);
  });
});
