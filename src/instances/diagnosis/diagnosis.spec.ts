import { type ExamineReply, type InspectReply, type LastErrorReport } from '@app/contracts';
import { type Finding } from './diagnosis';
import { judgeReach } from './judge-network';
import { judgeProcess } from './judge-process';
import { judgeEra, judgeMcp, judgeTokens } from './judge-protocol';
import { judgeEnvironment, judgeImage, judgeSecrets, judgeWish } from './judge-wish';
import { type Subject } from './subject';
import { concluded } from './verdict';

const subject = (more: Partial<Subject> = {}): Subject => ({
  ...{ id: 'i-1', name: 'one', desired: 'running', generation: 3, status: 'failed', reason: 'It is red.' },
  spec: { type: 'docker', image: 'a/b:1' },
  ...{ lastError: null, era: null, nextAttemptAt: null, schema: [] },
  ...more,
});
const remote = (more: object = {}): Subject =>
  subject({ spec: { type: 'url', endpoint: 'https://mcp.example/mcp', ...more } });
const ending = (more: Partial<LastErrorReport> = {}): LastErrorReport => ({
  ...{ message: 'It ended with exit code 1.', exit_code: 1, oom_killed: false, output: [], at: '' },
  ...more,
});
const inspected = (more: Partial<InspectReply['containers'][number]>[] = []): InspectReply => ({
  engine: { kind: 'memory', ok: true, detail: 'fine', since: '' },
  containers: more.map((one) => ({
    ...{
      replica: 0,
      id: 'c',
      name: 'c',
      state: 'running',
      exit_code: null,
      oom_killed: false,
      started_at: null,
    },
    ...one,
  })),
  image_present: null,
});
const reply = (more: Partial<ExamineReply>): ExamineReply => ({
  ...{ asked: true, ok: false, detail: 'It went wrong.', facts: {} },
  ...more,
});
const endedWith = (...output: string[]): Finding | undefined =>
  judgeProcess(subject({ lastError: ending({ output }) }), { inspected: inspected(), image: undefined });

describe('what its last words say', () => {
  it.each([
    ['Error: DEMO_API_KEY is required', 'instance_env_missing', 'Set DEMO_API_KEY'],
    ['missing environment variable GITHUB_TOKEN', 'instance_env_missing', 'Set GITHUB_TOKEN'],
    ['Error: listen EADDRINUSE: address already in use', 'instance_port_taken', 'Read its last output'],
    ["Cannot find module '/app/nothing.js'", 'instance_command_wrong', 'Read its last output'],
    ["EACCES: permission denied, open '/data'", 'instance_access_denied', 'Read its last output'],
    ['getaddrinfo ENOTFOUND api.example.com', 'instance_needs_network', 'Read its last output'],
    ['it is too hot today', 'instance_exited', 'Read its last output'],
  ])('%s', (line, code, label) => {
    const finding = endedWith('starting', line);
    expect(finding).toMatchObject({ status: 'failed', code, fix: { label } });
    expect(finding?.detail).toContain(line);
    expect(finding?.evidence).toEqual(['starting', line]);
  });

  it('ask for a secret as one, and put it where the button sends it', () => {
    expect(endedWith('DEMO_API_KEY is required')?.fix).toMatchObject({
      request: { method: 'PUT', path: '/api/v1/mcp/instances/i-1/environment', body: {} },
      input: { pointer: '/DEMO_API_KEY', type: 'secret' },
    });
  });

  it('blame the network that was shut', () => {
    const shut = subject({
      spec: { type: 'docker', image: 'a/b:1', network: { egress: 'none' } },
      lastError: ending({ output: ['getaddrinfo EAI_AGAIN api.example.com'] }),
    });
    expect(judgeProcess(shut, { inspected: inspected(), image: undefined })).toMatchObject({
      code: 'instance_egress_blocked',
      fix: { action: 'allow_egress', request: { body: { json_spec: { network: null } } } },
    });
  });
});

describe('the process', () => {
  it('that needed more memory gets twice as much by the button', () => {
    const greedy = subject({
      spec: { type: 'docker', image: 'a/b:1', resources: { memory_limit: '64m' } },
      lastError: ending({ exit_code: 137, oom_killed: true }),
    });
    expect(judgeProcess(greedy, { inspected: inspected(), image: undefined })).toMatchObject({
      code: 'instance_out_of_memory',
      fix: { request: { body: { json_spec: { resources: { memory_limit: '128m' } } } } },
    });
  });

  it('that ran without standard streams is told to use them', () => {
    const message = 'It ended. If it speaks over its standard streams, set "transport": "stdio".';
    const silent = subject({ lastError: ending({ exit_code: 0, message }) });
    expect(judgeProcess(silent, { inspected: inspected(), image: undefined })).toMatchObject({
      code: 'instance_transport_wrong',
      fix: { request: { body: { json_spec: { transport: 'stdio' } } } },
    });
  });

  it.each([
    ['is well when it serves, whatever was before', { status: 'running' as const }, [{}], 'passed'],
    ['is waited for while it is made', { status: 'creating' as const, lastError: null }, [], 'skipped'],
    ['is missed when nothing says why', { lastError: null }, [], 'failed'],
    [
      'that was replaced is asked when it is there again',
      { lastError: ending({ exit_code: null }) },
      [{}],
      'passed',
    ],
  ])('%s', (_words, more, containers, status) => {
    const known = { inspected: inspected(containers), image: undefined };
    expect(judgeProcess(subject({ lastError: ending(), ...more }), known)?.status).toBe(status);
  });
});

describe('the records', () => {
  it('are asked for the wish, the variables, the secrets and the image', () => {
    expect(judgeWish(subject({ desired: 'stopped' }))).toMatchObject({ fix: { action: 'start' } });
    const schema = [{ name: 'KEY', type: 'string' as const, required: true, secret: true }];
    expect(judgeEnvironment(subject({ schema }))).toMatchObject({
      code: 'instance_env_missing',
      fix: { input: { pointer: '/KEY', type: 'secret' } },
    });
    expect(judgeSecrets(['secret_ref:shared:KEY'], 1)).toMatchObject({
      code: 'secret_unresolvable',
      fix: { request: { path: '/api/v1/secrets/shared/KEY' }, input: { pointer: '/value' } },
    });
    const image = { verdict: 'missing' as const, detail: 'Nobody has it.' };
    const reason = 'The image "a/b:1" was not found: manifest unknown';
    expect(judgeImage(subject({ reason }), { inspected: inspected(), image })).toMatchObject({
      code: 'image_not_found',
      detail: reason,
    });
  });
});

describe('the way to the server', () => {
  const facts = { address: 'mcp.example:443', is_secure: true, port: 443 };

  it.each([
    ['dns', ['dns'], 'remote_name_unknown'],
    ['egress', ['dns', 'egress'], 'egress_refused'],
    ['tcp', ['dns', 'egress', 'port'], 'remote_unreachable'],
    ['tls', ['dns', 'egress', 'port', 'tls'], 'remote_tls_failed'],
  ] as const)('ends at %s, and what came before is well', (layer, reached, code) => {
    const checks = judgeReach(remote(), reply({ layer, facts }), []);
    expect(checks.map(([name]) => name)).toEqual(['dns', 'egress', 'port', 'tls', 'http']);
    const judged = checks.filter(([, { status }]) => status !== 'skipped');
    expect(judged.map(([name]) => name)).toEqual(reached);
    expect(judged.at(-1)?.[1]).toMatchObject({ status: 'failed', code });
  });

  it('leaves a server that answers no request without a message to the handshake', () => {
    const checks = judgeReach(remote(), reply({ layer: 'timeout', facts }), []);
    expect(checks.map(([, { status }]) => status)).toEqual([
      ...['passed', 'passed', 'passed', 'passed'],
      'warning',
    ]);
  });

  it.each([
    ['its own words', 'Server listening on http://0.0.0.0:3000', [], 3000],
    ['its image', 'ready', [9000], 9000],
    ['nothing', 'ready', [], undefined],
  ])('a closed port of a container is corrected by %s', (_words, line, exposed, port) => {
    const closed = reply({ layer: 'tcp', facts: { port: 8080, exposed_ports: exposed } });
    const [[name, finding] = []] = judgeReach(subject(), closed, [line]);
    expect([name, finding?.code]).toEqual(['port', 'instance_port_closed']);
    expect(finding?.fix?.input?.suggestion).toBe(port === undefined ? null : String(port));
  });
});

describe('the protocol', () => {
  const well = (era: 'older' | 'newer'): ExamineReply => reply({ ok: true, facts: { era, tools: 2 } });
  const spokenNot = reply({ code: 'era_not_spoken', detail: 'It does not speak it.' });

  it('is well in one era of the two', () => {
    expect(judgeMcp(subject(), { newer: spokenNot, older: well('older') })).toMatchObject({
      status: 'passed',
    });
    expect(judgeEra(subject(), spokenNot)).toMatchObject({ status: 'skipped' });
  });

  it('warns when the server speaks another era than before', () => {
    const changed = subject({ era: 'newer', status: 'running' });
    expect(judgeMcp(changed, { newer: spokenNot, older: well('older') })).toMatchObject({
      code: 'era_changed',
    });
  });

  it.each([
    ['upstream_protocol_error', 'mcp', 'instance_not_mcp'],
    ['upstream_timeout', 'timeout', 'instance_silent'],
    ['upstream_auth_failed', 'auth', 'upstream_auth_failed'],
    ['upstream_refused', 'mcp', 'era_mismatch'],
    ['upstream_unreachable', 'http', 'remote_unavailable'],
  ] as const)('%s is told as it is', (code, layer, told) => {
    const refused = reply({ code, layer });
    expect(judgeMcp(remote(), { newer: refused, older: spokenNot })).toMatchObject({ code: told });
  });

  it('names the chain of a token that was refused', () => {
    const authentication = {
      type: 'oauth2_client_credentials',
      client_id: 'me',
      client_secret: 'secret_ref:shared:CLIENT_SECRET',
    };
    const refused = reply({ code: 'upstream_token_failed', facts: { issuer: 'https://as.example' } });
    expect(judgeTokens(remote({ authentication }), refused)).toMatchObject({
      code: 'upstream_token_failed',
      evidence: ['Authorization server: https://as.example'],
      fix: { label: 'Replace CLIENT_SECRET' },
    });
  });
});

describe('the verdict', () => {
  const named = (finding: Finding) => ({
    finding,
    check: { name: 'x', title: '', ok: true, evidence: [], duration_ms: 0, ...finding },
  });
  const skip: Finding = { status: 'skipped', detail: '' };

  it.each([
    ['found', 'failed', { status: 'failed' as const, detail: 'Because.', code: 'x' }],
    ['unknown', 'failed', skip],
    ['waiting', 'starting', skip],
    ['healthy', 'running', skip],
  ] as const)('is %s', (verdict, status, finding) => {
    const diagnosis = concluded(subject({ status }), [named(finding)]);
    expect(diagnosis.verdict).toBe(verdict);
    expect(diagnosis.cause === null).toBe(verdict !== 'found');
    expect(diagnosis.summary).not.toBe('');
  });
});
