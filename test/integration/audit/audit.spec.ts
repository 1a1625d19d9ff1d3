import { randomUUID } from 'node:crypto';
import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { eventually } from '@app/testing';
import { AuditTrail } from '../../../src/audit';
import { AuditRows } from '../../../src/audit/queries/audit-rows';
import { type Answer, World } from '../gateway/world';

const AUDIT = '/api/v1/audit';
const ENDPOINTS = '/api/v1/mcp/endpoints';

interface Entry {
  readonly id: string;
  readonly at: string;
  readonly action: string;
  readonly resource_id: string;
}

describe('the audit trail', () => {
  let world: World;
  let trail: AuditTrail;

  beforeAll(async () => {
    world = await World.start();
    trail = world.app.get(AuditTrail, { strict: false });
  }, 180_000);
  afterAll(() => (world as World | undefined)?.stop());

  const entriesOf = ({ body }: Answer): readonly Entry[] => body['entries'] as readonly Entry[];
  const list = async (query: string): Promise<readonly Entry[]> =>
    entriesOf(await world.get(`${AUDIT}?${query}`));
  const note = (resourceId: string, action = 'spec.noted'): void => {
    trail.record({ action, resourceType: 'notes', resourceId, outcome: 'succeeded' });
  };

  it('says who changed what, in which request', async () => {
    const headers = { 'x-request-id': 'request-of-the-spec' };
    const body = { name: 'tools', instances: ['everything'] };
    expect((await world.request('POST', ENDPOINTS, body, headers)).status).toBe(201);

    expect(await list('resource=endpoints/tools')).toMatchObject([
      {
        action: 'mcp.endpoint.created',
        actor: 'key:bootstrap',
        key_id: 'bootstrap',
        request_id: 'request-of-the-spec',
        outcome: 'succeeded',
      },
    ]);
  });

  it('says what a change found and what it left, where they differ', async () => {
    const made = await world.request('POST', ENDPOINTS, {
      ...{ name: 'described', description: 'one', instances: ['everything'] },
    });
    expect(made.status).toBe(201);
    const changed = await world.request('PATCH', `${ENDPOINTS}/described`, { description: 'two' });
    expect(changed.status).toBe(200);
    expect(await list('resource=endpoints/described')).toMatchObject([
      { before: { description: 'one' }, after: { description: 'two' } },
      { before: null, after: { name: 'described', description: 'one' } },
    ]);
  });

  it('shows one entry as the list does, to those who may see the list', async () => {
    note('single', 'single.noted');
    await trail.flush();
    const [listed] = await list('action=single.noted');
    const path = `${AUDIT}/${listed?.id ?? ''}`;
    const { status, body } = await world.get(path);
    expect([status, body]).toEqual([200, listed]);
    expect((await world.get(`${path}?at=yesterday`)).body['code']).toBe('invalid_query');

    const { key } = await world.issueKey('developer');
    const refused = await world.get(path, { authorization: `Bearer ${key}` });
    expect([refused.status, refused.body['code']]).toEqual([403, 'permission_denied']);
    for (const nothing of [`${AUDIT}/${randomUUID()}`, `${AUDIT}/nothing-like-it`]) {
      const unknown = await world.get(nothing);
      expect([unknown.status, unknown.body['code']]).toEqual([404, 'audit_entry_unknown']);
    }
  });

  it('finds the entry about a call by its time, and no entry of another workspace', async () => {
    const id = randomUUID();
    const at = new Date('2026-11-21T14:50:34.123Z');
    await world.truth.db.execute(
      `INSERT INTO mcp_call (at, id, actor, face, method, target, outcome, duration_ms)
       VALUES ($1::timestamptz + interval '456 microseconds', $2, 'user:a', 'all', 'tools/call', 'echo', 'ok', 3)`,
      [at, id],
    );
    expect((await world.get(`${AUDIT}/${id}`)).status).toBe(404);
    const found = await world.get(`${AUDIT}/${id}?at=${at.toISOString()}`);
    expect([found.status, found.body]).toMatchObject([
      200,
      { id, at: at.toISOString(), action: 'mcp.tool.called' },
    ]);
    expect((await world.get(`${AUDIT}/${id}?at=2026-11-21T14:50:34.124Z`)).status).toBe(404);

    const rows = world.app.get(AuditRows, { strict: false });
    expect(await rows.find(DEFAULT_WORKSPACE_ID, id, at)).toMatchObject({ id });
    expect(await rows.find(randomUUID(), id, at)).toBeUndefined();
  });

  it('has no row for a change that was refused', async () => {
    const body = { name: 'refused', instances: ['everything'], prefix: 'sometimes' };
    expect((await world.request('POST', ENDPOINTS, body)).status).toBe(422);
    expect(await list('resource=endpoints/refused')).toEqual([]);
  });

  it('is filtered by action, its beginning, actor and time', async () => {
    note('a', 'spec.one.done');
    note('b', 'spec.two.done');
    await trail.flush();

    expect((await list('action=spec.one.done')).map(({ resource_id: id }) => id)).toEqual(['a']);
    expect((await list('action=spec.*')).map(({ resource_id: id }) => id).sort()).toEqual(['a', 'b']);
    expect(await list('action=spec.*&actor=key:nobody')).toEqual([]);
    // A pattern is text, but for the asterisk at its end.
    expect(await list('action=spec%25')).toEqual([]);
    const [first] = await list('action=spec.one.done');
    const at = encodeURIComponent(first?.at ?? '');
    expect(await list(`action=spec.one.done&from=${at}`)).toHaveLength(1);
    expect(await list(`action=spec.one.done&to=${at}`)).toEqual([]);
  });

  it.each(['from=2026-W05', 'to=2026-123', 'from=yesterday', 'to=2026-13-01', 'from=2026-11-01T23:59:60Z'])(
    'refuses a time that is none: %s',
    async (query) => {
      const { status, body } = await world.get(`${AUDIT}?${query}`);
      expect([status, body['code']]).toEqual([400, 'invalid_query']);
    },
  );

  it('is read page by page, each entry once, whatever is written meanwhile', async () => {
    for (let number = 0; number < 7; number += 1) note(`page-${number}`, 'spec.paged');
    await trail.flush();

    const seen: string[] = [];
    let more: string | undefined = '';
    while (more !== undefined) {
      const page = await world.get(`${AUDIT}?action=spec.paged&limit=3${more}`);
      seen.push(...entriesOf(page).map(({ resource_id: id }) => id));
      const cursor = page.body['next_cursor'];
      more = typeof cursor === 'string' ? `&cursor=${cursor}` : undefined;
      note('late', 'spec.paged');
      await trail.flush();
    }

    expect(seen.filter((id) => id !== 'late').sort()).toEqual(
      Array.from({ length: 7 }, (_, number) => `page-${number}`),
    );
  });

  it('takes a cursor back for the same list only', async () => {
    const { body } = await world.get(`${AUDIT}?action=spec.*&limit=1`);
    const cursor = String(body['next_cursor']);
    const elsewhere = await world.get(`${AUDIT}?action=mcp.*&limit=1&cursor=${cursor}`);
    expect([elsewhere.status, elsewhere.body['code']]).toEqual([400, 'invalid_cursor']);
  });

  it('is for those who may read it', async () => {
    const { key } = await world.issueKey('developer');
    const { status, body } = await world.get(AUDIT, { authorization: `Bearer ${key}` });
    expect([status, body['code']]).toEqual([403, 'permission_denied']);
  });

  it('keeps what happened while the database was away', async () => {
    world.line.cut();
    try {
      note('in-the-dark', 'spec.outage');
      await trail.flush();
    } finally {
      world.line.mend();
    }
    await eventually(async () => {
      const rows = await world.truth.db.query(`SELECT FROM audit WHERE action = 'spec.outage'`);
      expect(rows).toHaveLength(1);
    });
  });
});
