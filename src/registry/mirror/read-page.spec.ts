import { readPage } from './read-page';

const server = (more: object = {}): object => ({
  server: { name: 'io.github.example/weather', description: 'Weather.', version: '1.0.0', ...more },
});
const entriesOf = (...given: object[]) => readPage({ servers: given } as never)?.entries ?? [];

describe('a page of another registry', () => {
  it.each([[null], ['text'], [[]], [{}], [{ servers: {} }]])('is none: %j', (answer) => {
    expect(readPage(answer as never)).toBeUndefined();
  });

  it('is read as what it is: text', () => {
    const [entry] = entriesOf(
      server({
        title: '\u202eevil\u0007\u0000 title',
        description: `<script>alert(1)</script>\n${'x'.repeat(2_000)}`,
        version: { nothing: 'like it' },
        packages: [{ registryType: 'oci' }, { registryType: 'OCI; rm -rf /' }, 7],
        remotes: [{}],
        __proto__: undefined,
      }),
    );
    expect(entry?.title).toBe('evil  title');
    expect(entry?.description.startsWith('<script>alert(1)</script> xxx')).toBe(true);
    expect(entry?.description).toHaveLength(1_000);
    expect([entry?.version, entry?.kinds]).toEqual(['', ['oci', 'remote']]);
    const polluted = JSON.parse(
      '{"servers":[{"server":{"name":"a.b/c","__proto__":{"x":1},"constructor":{}}}]}',
    ) as never;
    expect(JSON.stringify(readPage(polluted)?.entries[0]?.document)).toBe('{"name":"a.b/c"}');
  });

  it('counts what cannot be kept, and leaves out what is old or gone', () => {
    const meta = (official: object) => ({ _meta: { 'io.modelcontextprotocol.registry/official': official } });
    const page = readPage({
      servers: [
        ...[
          1,
          null,
          {},
          server({ name: 'no-slash' }),
          server({ name: '../x/y' }),
          server({ name: 'a/b\u0000' }),
        ],
        ...[server({ bomb: 'x'.repeat(70_000) }), server()],
        { ...server({ name: 'a.b/old' }), ...meta({ isLatest: false }) },
        { ...server({ name: 'a.b/gone' }), ...meta({ status: 'deleted' }) },
        {
          ...server({ name: 'a.b/tired' }),
          ...meta({ status: 'deprecated', updatedAt: '2026-01-02T03:04:05Z' }),
        },
      ],
      metadata: { nextCursor: 'x'.repeat(3_000) },
    } as never);
    expect(page).toMatchObject({ refused: 7, gone: ['a.b/gone'], next: undefined });
    expect(page?.entries.map(({ name, status, updatedAt }) => [name, status, updatedAt])).toEqual([
      ['io.github.example/weather', 'active', null],
      ['a.b/tired', 'deprecated', '2026-01-02T03:04:05.000Z'],
    ]);
  });
});
