import { Database } from '@app/database';
import { eventually } from '@app/testing';
import { type InstanceBody } from '../api';
import {
  BAD_BODIES,
  BAD_ELSEWHERE,
  BAD_INSTANCES,
  BAD_SERVERS,
  SECRET,
  TYPED_DEFINITION,
} from '../bad-requests';
import { Installation } from '../installation';
import { type Operation, operationsOf } from '../operations';
import { pointersOf, REFUSED, refusalOf, refused, rowCounts, tablesHolding } from '../refusals';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(180_000);

const INSTANCES = '/mcp/instances';
const SERVERS = '/mcp/servers';
const named = <T extends { readonly what: string }>(cases: readonly T[]): readonly (readonly [string, T])[] =>
  cases.map((one) => [one.what, one]);

interface AliasList {
  readonly 'x-alias-of': readonly {
    readonly alias: string;
    readonly of: string;
    readonly sub_paths: boolean;
  }[];
}
/** An answer without what belongs to the one request. */
const lasting = (body: object): object => ({
  ...body,
  ...{ instance: '', request_id: '', trace_id: '', next_cursor: '' },
});

describe('requests that cannot be', () => {
  let quayside: Installation;
  let db: Database;
  let operations: readonly Operation[] = [];
  let auditedBefore: readonly string[] = [];
  let before: Readonly<Record<string, number>>;
  let stoppedId = '';

  beforeAll(async () => {
    quayside = await Installation.start({ env: { EGRESS_ALLOW: '10.20.30.40:8443' } });
    db = await Database.open({ url: quayside.database, applicationName: 'bad-input' });
    operations = operationsOf(await quayside.api.ok('GET', '/openapi.json'));
    await quayside.api.ok('POST', SERVERS, TYPED_DEFINITION);
    // Stopped, so that nothing is written about it while rows are counted.
    const standing = { name: 'standing', template: 'echo' };
    stoppedId = (await quayside.api.ok<InstanceBody>('POST', INSTANCES, standing)).id;
    await quayside.reaches('standing', 'running', 120_000);
    await quayside.api.ok('POST', `${INSTANCES}/standing/stop`);
    await quayside.reaches('standing', 'stopped', 120_000);
    const stages = [{ name: 'only', type: 'processing' }];
    await quayside.api.ok('POST', '/api/v1/pipelines', { name: 'standing', stages });
    await eventually(async () => {
      expect(await rowCounts(db)).toMatchObject({ outbox: 0 });
    });
    before = await rowCounts(db);
    auditedBefore = (await db.query<{ id: string }>('SELECT id FROM audit')).map(({ id }) => id);
  });

  afterAll(async () => {
    await db.close();
    await quayside.stop();
  });

  it.each(named(BAD_INSTANCES))('as an instance: %s', async (_, { body, code, pointers }) => {
    const problem = await refused(quayside, 'POST', INSTANCES, { name: 'refused', ...body });
    expect([problem.code, ...pointersOf(problem)]).toEqual([code, ...pointers]);
  });

  it('as an instance: a listener of our own', async () => {
    const endpoint = `http://127.0.0.1:${String(quayside.port('all-in-one'))}/mcp`;
    const body = { name: 'refused', json_spec: { type: 'url', endpoint } };
    expect(pointersOf(await refused(quayside, 'POST', INSTANCES, body))).toEqual(['/json_spec/endpoint']);
  });

  it.each(named(BAD_SERVERS))('as a definition: %s', async (_, { body, code, pointers }) => {
    const problem = await refused(quayside, 'POST', SERVERS, { name: 'refused', ...body });
    expect([problem.code, ...pointersOf(problem)]).toEqual([code, ...pointers]);
  });

  it.each(named(BAD_ELSEWHERE))('elsewhere: %s', async (_, { to, body, code, pointers }) => {
    const [method = '', path = ''] = to.split(' ');
    const problem = await refused(quayside, method, path, body);
    expect([problem.code, ...pointersOf(problem)]).toEqual([code, ...pointers]);
  });

  it.each(BAD_BODIES)('as a body: %s', async (_, body, code, type = 'application/json') => {
    const problem = await refused(quayside, 'POST', INSTANCES, body, { 'content-type': type });
    expect(problem.code).toBe(code);
  });

  it('are told from what is no request of ours', async () => {
    const answers = await Promise.all([
      refused(quayside, 'GET', '/nowhere'),
      refused(quayside, 'PUT', INSTANCES, {}),
      refused(quayside, 'GET', `${INSTANCES}/%zz`),
      refused(quayside, 'GET', `${INSTANCES}/${'a'.repeat(600)}`),
      refused(quayside, 'GET', `${INSTANCES}/nobody`),
      refused(quayside, 'GET', '/problems/nothing'),
      refused(quayside, 'GET', `${INSTANCES}?access_token=${SECRET}`),
    ]);
    expect(answers.map(({ code }) => code)).toEqual([
      ...['route_not_found', 'method_not_allowed', 'malformed_request', 'uri_too_long'],
      ...['instance_not_found', 'problem_page_not_found', 'credential_in_url'],
    ]);
  });

  it('E31: are answered the same by the unversioned path, on every route that has one', async () => {
    const { 'x-alias-of': aliases } = await quayside.api.ok<AliasList>('GET', '/openapi.json');
    const pairs = operations.flatMap(({ method, path }) =>
      aliases
        .filter(({ of, sub_paths: deep }) => path === of || (deep && path.startsWith(`${of}/`)))
        .map(({ alias, of }) => ({ method, path, other: `${alias}${path.slice(of.length)}` })),
    );
    expect(new Set(pairs.map(({ other }) => other)).size).toBeGreaterThan(15);
    for (const { method, path, other } of pairs) {
      const [one, two] = [
        await quayside.api.request(method, path),
        await quayside.api.request(method, other),
      ];
      expect([other, two.status, lasting(two.body)]).toEqual([other, one.status, lasting(one.body)]);
    }
  });

  it('E31: of what is there is the same by the unversioned path', async () => {
    for (const path of [
      'servers/typed',
      'servers/echo',
      'instances/standing',
      'instances/standing/generations',
    ]) {
      const [one, two] = [
        await quayside.api.request('GET', `/api/v1/mcp/${path}`),
        await quayside.api.request('GET', `/mcp/${path}`),
      ];
      expect([path, one.status, two.status, two.body]).toEqual([path, 200, 200, one.body]);
      expect([path, two.headers.get('etag')]).toEqual([path, one.headers.get('etag')]);
    }
  });

  it('get nowhere without a credential, on any route', async () => {
    const closed = operations.filter(({ isPublic }) => !isPublic);
    const basic = `Basic ${Buffer.from(`admin:${quayside.key}`).toString('base64')}`;
    expect(closed.length).toBeGreaterThan(40);
    for (const { method, path } of closed) {
      for (const authorization of ['', 'Bearer qs_wrong', basic]) {
        const answer = await quayside.api.request<unknown>(method, path, undefined, { authorization });
        expect([method, path, refusalOf(answer).code]).toEqual([method, path, 'unauthenticated']);
        expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      }
    }
  });

  // But where an OAuth server answers: whoever it sends must ignore parameters that he does not know (RFC 6749, 4.1.2).
  it('are refused on every route for a parameter that it does not know', async () => {
    for (const { method, path } of operations.filter(({ path: at }) => !at.endsWith('/callback'))) {
      const problem = await refused(quayside, method, `${path}?no_such_parameter=1`);
      const wanted = [method, path, 'invalid_query', '/query/no_such_parameter'];
      expect([method, path, problem.code, ...pointersOf(problem)]).toEqual(wanted);
    }
  });

  it('are refused on every list for a page that cannot be', async () => {
    const lists = operations.filter(({ parameters }) => parameters.includes('cursor'));
    expect(lists.length).toBeGreaterThanOrEqual(6);
    for (const list of lists) {
      const path = list.path.replace('refused', 'standing');
      for (const limit of ['201', '0', 'all']) {
        const problem = await refused(quayside, 'GET', `${path}?limit=${limit}`);
        expect([path, ...pointersOf(problem)]).toEqual([path, '/query/limit']);
      }
      const { code } = await refused(quayside, 'GET', `${path}?cursor=made-up`);
      expect([path, code]).toEqual([path, 'invalid_cursor']);
    }
  });

  it('are refused when a cursor comes back with other filters', async () => {
    const page = await quayside.api.ok<{ next_cursor: string }>('GET', `${SERVERS}?limit=1`);
    const problem = await refused(quayside, 'GET', `${SERVERS}?limit=1&q=echo&cursor=${page.next_cursor}`);
    expect(problem.code).toBe('invalid_cursor');
  });

  it('are refused on every route for a body of another type, or one that cannot be read', async () => {
    const writing = operations.filter(({ hasBody }) => hasBody);
    expect(writing.length).toBeGreaterThan(8);
    for (const { method, path } of writing) {
      const asText = await refused(quayside, method, path, '{}', { 'content-type': 'text/plain' });
      const cut = await refused(quayside, method, path, '{"a":');
      const packed = await refused(quayside, method, path, '{}', { 'content-encoding': 'gzip' });
      expect([method, path, asText.code, cut.code, packed.code]).toEqual([
        ...[method, path, 'unsupported_media_type', 'malformed_json', 'unsupported_media_type'],
      ]);
    }
  });

  it.each([
    ['PATCH', `${SERVERS}/typed`],
    ['DELETE', `${SERVERS}/typed`],
    ['PATCH', `${INSTANCES}/standing`],
    ['DELETE', `${INSTANCES}/standing`],
    ['PUT', `${INSTANCES}/standing/environment`],
  ])('are refused when they were meant for another version: %s %s', async (method, path) => {
    const body = method === 'DELETE' ? undefined : {};
    const answer = await quayside.api.request<unknown>(method, path, body, { 'if-match': '"v0"' });
    expect(refusalOf(answer).code).toBe('stale_version');
    const { headers } = await quayside.api.request('GET', path.replace('/environment', ''));
    expect(answer.headers.get('etag')).toBe(headers.get('etag'));
  });

  it('E3: lead to the page of what was wrong, each of the many that were refused here', async () => {
    expect(REFUSED.count).toBeGreaterThan(40);
    expect(REFUSED.types.size).toBeGreaterThan(15);
    for (const type of REFUSED.types) {
      const page = await quayside.api.request<string>('GET', type, undefined, { accept: 'text/markdown' });
      expect([type, page.status, page.body.includes('# ')]).toEqual([type, 200, true]);
    }
  });

  it('leave nothing behind, not even half of it', async () => {
    const {
      audit: auditBefore = 0,
      mcp_call: _callsBefore,
      audit_seal: _sealsBefore,
      ...rowsBefore
    } = before;
    const { audit: _audit, mcp_call: _calls, audit_seal: _seals, ...rowsAfter } = await rowCounts(db);
    expect(rowsAfter).toEqual(rowsBefore);
    // Of the calls that left a record none got as far as a tool.
    expect(await db.query(`SELECT target FROM mcp_call WHERE outcome IN ('ok', 'tool_error')`)).toEqual([]);
    // The trail alone grows, by callers without a credential and by calls that were refused.
    await eventually(async () => {
      expect((await rowCounts(db))['audit']).toBeGreaterThan(auditBefore);
    });
    const since = await db.query<{ action: string }>(
      `SELECT DISTINCT action FROM audit
        WHERE id <> ALL($1::uuid[]) AND resource_type NOT IN ('servers', 'instances') ORDER BY action`,
      [auditedBefore],
    );
    // So many that the trail sums up the last of them.
    expect(['audit.denials.suppressed', 'request.denied']).toEqual(
      expect.arrayContaining(since.map(({ action }) => action)),
    );
    expect(await tablesHolding(db, SECRET)).toEqual([]);
    expect(quayside.log.join('\n')).not.toContain(SECRET);
    const { instances } = await quayside.api.ok<{ instances: InstanceBody[] }>('GET', INSTANCES);
    expect(instances.map(({ id, status }) => [id, status])).toEqual([[stoppedId, 'stopped']]);
  });
});
