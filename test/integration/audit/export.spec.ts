import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { AuditTrail } from '../../../src/audit';
import { checkExport } from '../../../src/cli/audit';
import { BOOTSTRAP_KEY, World } from '../gateway/world';
import { Chain } from './chain-fixture';

const AUDIT = '/api/v1/audit';
const OTHER_WORKSPACE = '11111111-1111-4111-8111-111111111111';

describe('verification and export of the trail', () => {
  let world: World;
  let trail: AuditTrail;
  let chain: Chain;
  const folder = mkdtempSync(join(tmpdir(), 'quayside-export-'));

  beforeAll(async () => {
    world = await World.start();
    trail = world.app.get(AuditTrail, { strict: false });
    chain = Chain.of(world.truth, world.keyring);
    jest.spyOn(console, 'log').mockImplementation(() => undefined);
  }, 180_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await (world as World | undefined)?.stop();
  });

  const note = (resourceId: string, workspaceId = DEFAULT_WORKSPACE_ID): void => {
    trail.record({
      action: 'spec.noted',
      resourceType: 'notes',
      resourceId,
      outcome: 'succeeded',
      workspaceId,
    });
  };
  const exported = async (query: string, key = BOOTSTRAP_KEY): Promise<string> => {
    const answer = await world.app.inject({
      url: `${AUDIT}/export?${query}`,
      headers: { host: 'localhost', authorization: `Bearer ${key}` },
    });
    expect(answer.statusCode).toBe(200);
    return answer.body;
  };
  const publicKey = async (): Promise<string> => {
    const { body } = await world.get(`${AUDIT}/verify`);
    return (body['export_key'] as { public_key: string }).public_key;
  };
  const check = async (text: string): Promise<void> => {
    const file = join(folder, 'export');
    writeFileSync(file, text);
    await checkExport(file, await publicKey());
  };

  it('says that the trail is whole, and at which link it ends', async () => {
    await chain.change('a');
    await chain.calls(3);
    await chain.sealed(4);
    const { status, body } = await world.get(`${AUDIT}/verify`);
    expect([status, body]).toEqual([
      200,
      expect.objectContaining({
        status: 'intact',
        links: 2,
        rows: 4,
        next_sequence: null,
        first_broken: null,
      }),
    ]);
    const head = body['head'] as { sequence: number; hash: string };
    const anchored = await world.get(`${AUDIT}/verify?anchor=${head.sequence}:${head.hash}`);
    expect(anchored.body).toMatchObject({ status: 'intact' });
    const other = await world.get(`${AUDIT}/verify?anchor=${head.sequence}:${'0'.repeat(64)}`);
    expect(other.body).toMatchObject({
      status: 'broken',
      first_broken: { of: 'link', sequence: head.sequence },
    });
    const piece = await world.get(`${AUDIT}/verify?limit=1`);
    expect(piece.body).toMatchObject({ status: 'intact', links: 1, next_sequence: 2 });
  });

  it('names the row that was altered', async () => {
    const [row] = await world.truth.db.query<{ id: string }>(
      `UPDATE audit SET actor = 'nobody' WHERE resource_id = 'a' RETURNING id`,
    );
    const { body } = await world.get(`${AUDIT}/verify`);
    expect(body).toMatchObject({
      status: 'broken',
      first_broken: { fault: 'altered', of: 'audit', row_id: row?.id },
    });
  });

  it('exports every entry once as CloudEvents, however many pages that takes, and signs the file', async () => {
    await chain.calls(1_203);
    const text = await exported('action=mcp.tool.called');
    const lines = text.trimEnd().split('\n');
    const trailer = lines.pop() ?? '';
    const events = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(new Set(events.map(({ id }) => id)).size).toBe(1_206);
    expect(events[0]).toMatchObject({
      specversion: '1.0',
      type: 'audit.entry.v1',
      data: { action: 'mcp.tool.called', outcome: 'succeeded' },
    });
    expect(JSON.parse(trailer)).toMatchObject({ quayside_export: { entries: 1_206, algorithm: 'Ed25519' } });
    await check(text);
    await expect(check(text.replace('succeeded', 'denied'))).rejects.toThrow('not what was signed');
    await expect(check(lines.slice(1).concat(trailer).join('\n') + '\n')).rejects.toThrow(
      'not what was signed',
    );
    await expect(check(lines.join('\n') + '\n')).rejects.toThrow('no trailer');
    await expect(check(text.replace('"entries":1206', '"entries":1207'))).rejects.toThrow('not signed with');
  });

  it('writes no formula into a table, and one row per entry whatever stands in it', async () => {
    for (const id of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', 'a "quoted", one', 'two\nlines']) note(id);
    await trail.flush();
    const text = await exported('format=csv&action=spec.noted');
    for (const cell of [
      `"'=1+1"`,
      `"'+1"`,
      `"'-1"`,
      `"'@SUM(A1)"`,
      `"'\t=1"`,
      `"a ""quoted"", one"`,
      `"two\nlines"`,
    ])
      expect(text).toContain(cell);
    expect(text.split('\r\n')[0]).toMatch(/^id,at,workspace_id,actor/);
    await check(text);
  });

  it('shows readers of a workspace their own rows, and administrators of the installation all', async () => {
    note('foreign', OTHER_WORKSPACE);
    note('own');
    await trail.flush();
    const { key } = await world.issueKey('operator');
    const bearer = { authorization: `Bearer ${key}` };
    const seen = async (headers: object) => {
      const { body } = await world.get(`${AUDIT}?action=spec.noted&limit=2`, headers);
      return (body['entries'] as { resource_id: string }[]).map(({ resource_id: id }) => id).sort();
    };
    expect(await seen({})).toEqual(['foreign', 'own']);
    expect(await seen(bearer)).not.toContain('foreign');
  });

  it('is found by request and by outcome', async () => {
    note('by-request');
    await trail.flush();
    const { body } = await world.get(`${AUDIT}?action=spec.noted&outcome=succeeded&limit=1`);
    const [entry] = body['entries'] as { request_id: string | null }[];
    expect(entry).toBeDefined();
    const none = await world.get(`${AUDIT}?request_id=no-such-request`);
    expect(none.body['entries']).toEqual([]);
    const denied = await world.get(`${AUDIT}?action=spec.noted&outcome=denied`);
    expect(denied.body['entries']).toEqual([]);
  });

  it('is closed to whom only reading was allowed, and an export is itself in the trail', async () => {
    const { key } = await world.issueKey('operator');
    const bearer = { authorization: `Bearer ${key}` };
    expect((await world.get(`${AUDIT}/export`, bearer)).status).toBe(403);
    expect((await world.get(`${AUDIT}/verify`, bearer)).status).toBe(200);
    expect((await world.trail('audit.exported')).length).toBeGreaterThan(0);
  });
});
