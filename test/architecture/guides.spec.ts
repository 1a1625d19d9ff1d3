import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { ROOT } from './sources';

const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

/** Every page that people read. */
const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => posix.join('docs', name.replaceAll('\\', '/'))),
];

/** What stands in blocks and between backticks is no markup. */
const proseOf = (page: string): string =>
  read(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()#]/g, ' '));

const linksOf = (page: string): readonly string[] =>
  [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => match[1] ?? '')
    .filter((link) => !/^(https?|mailto):/.test(link));

/** The anchors of a page, as forges make them of its headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = read(page)
    .replaceAll(/^```[\s\S]*?^```$/gm, '')
    .matchAll(/^#{1,6} (.+)$/gm);
  return new Set(
    [...headings].map((match) =>
      (match[1] ?? '')
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  );
}

function isDead(page: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : posix.join(dirname(page), path);
  if (!existsSync(join(ROOT, target))) return true;
  return anchor !== undefined && !(target.endsWith('.md') && anchorsOf(target).has(anchor));
}

describe('E30: the documentation', () => {
  it('has what a stranger looks for', () => {
    const expected = [
      ...['README.md', 'CHANGELOG.md', 'LICENSE', 'SECURITY.md', 'CONTRIBUTING.md', 'CODE_OF_CONDUCT.md'],
      ...['llms.txt', 'llms-full.txt', '.editorconfig', '.nvmrc', '.devcontainer/devcontainer.json'],
      ...['.github/ISSUE_TEMPLATE/bug.yml', '.github/ISSUE_TEMPLATE/wish.yml'],
      ...['.github/pull_request_template.md', '.github/workflows/ci.yml', '.ci/run'],
      ...['README', 'tutorial', 'architecture', 'failure-semantics', 'threat-model', 'upgrade'].map(
        (name) => `docs/${name}.md`,
      ),
      ...['adr', 'errors', 'events', 'how-to', 'runbooks'].map((name) => `docs/${name}`),
    ];
    expect(expected.filter((name) => !existsSync(join(ROOT, name)))).toEqual([]);
    expect(read('.github/workflows/ci.yml')).toContain('run: .ci/run');
  });

  it('every link and anchor in it leads somewhere', () => {
    const dead = PAGES.flatMap((page) =>
      linksOf(page)
        .filter((link) => isDead(page, link))
        .map((link) => `${page}: ${link}`),
    );
    expect(PAGES.length).toBeGreaterThan(200);
    expect(dead).toEqual([]);
  });

  it('what is gathered from its pages is up to date', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/guides.mjs')], {
      encoding: 'utf8',
      maxBuffer: 16 * 1024 * 1024,
    });
    if (status !== 0) throw new Error(stderr);
    const stale = Object.entries(JSON.parse(stdout) as Record<string, string>)
      .filter(([name, text]) => read(name) !== text)
      .map(([name]) => `${name}: run "npm run docs"`);
    expect(stale).toEqual([]);
  });

  it('llms.txt leads to pages that are there', () => {
    const links = [...read('llms.txt').matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(30);
    expect(links.filter((link) => !existsSync(join(ROOT, link)))).toEqual([]);
  });

  it('its runnable blocks are run by a test', () => {
    const stories = ['e2e', 'long']
      .map((kind) => read(`test/e2e/stories/documents.${kind}-spec.ts`))
      .join('\n');
    const marked = PAGES.filter((page) => /^```bash runnable$/m.test(read(page)));
    expect(marked.length).toBeGreaterThan(3);
    expect(marked.filter((page) => !stories.includes(`'${page}'`))).toEqual([]);
  });

  it('its index names every page', () => {
    const index = read('docs/README.md');
    const missing = PAGES.filter((page) => /^docs\/(?!README|adr\/|errors\/)/.test(page)).filter(
      (page) => !index.includes(`](${page.slice('docs/'.length)})`),
    );
    expect(missing).toEqual([]);
  });
});
