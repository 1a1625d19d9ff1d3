import { type AddressInfo } from 'node:net';
import { parse } from 'yaml';
import { runCommand } from '../../../src/cli/program';
import { ExportsApiModule } from '../../../src/exports';
import { StatusConsumer } from '../../../src/instances';
import { ControlPlane } from '../control-plane';
import { report } from '../instances/report';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly said: string;
}

describe('the command line', () => {
  let plane: ControlPlane;
  let consumer: StatusConsumer;
  let url: string;

  beforeAll(async () => {
    plane = await ControlPlane.start({ contexts: [ExportsApiModule] });
    consumer = await plane.worker(StatusConsumer);
    url = await listening(plane);
  }, 180_000);
  afterAll(() => plane.stop());

  async function listening({ app }: ControlPlane): Promise<string> {
    await app.listen(0, '127.0.0.1');
    const { port } = app.getHttpServer().address() as AddressInfo;
    return `http://127.0.0.1:${String(port)}`;
  }

  async function run(args: readonly string[], more: { key?: string; input?: string } = {}): Promise<Ran> {
    const [out, said]: [string[], string[]] = [[], []];
    const terminal = {
      out: (text: string) => void out.push(text),
      say: (text: string) => void said.push(text),
      input: () => Promise.resolve(more.input ?? ''),
    };
    const env = {
      ...{ QUAYSIDE_URL: url, QUAYSIDE_API_KEY: more.key ?? 'admin', KEY: 'value-of-a-secret' },
      ...{ QUAYSIDE_SECRET_DOCS_API_KEY: 'value-of-a-secret', QUAYSIDE_SECRET_NEEDS_KEY_API_KEY: 'other' },
    };
    const code = await runCommand(args, terminal, env);
    return { code, out: out.join('\n'), said: said.join('\n') };
  }

  it('runs something, lists it in every format, and says what it is', async () => {
    const made = await run(['run', 'echo', '--name', 'one', '--wait', '0', '-o', 'name']);
    expect(made).toMatchObject({ code: 0, out: 'one' });
    const table = await run(['ps']);
    expect(table.out).toMatch(/^NAME +STATUS +TOOLS +AGE +KIND +REASON\none +requested/);
    const json = JSON.parse((await run(['ps', '-o', 'json'])).out) as { name: string }[];
    expect(json.map(({ name }) => name)).toEqual(['one']);
    expect(parse((await run(['ps', '-o', 'yaml'])).out)).toEqual(json);
    expect(await run(['ps', '--status', 'failed'])).toMatchObject({ code: 0, out: '' });
  });

  it('leaves alone what runs already of the same, unless it is asked for in another way', async () => {
    const again = async (...args: string[]) => {
      const { code, out, said } = await run(['run', ...args, '--wait', '0', '-o', 'name']);
      return [code, out, ...said.split('\n')];
    };
    const image = 'example/echo:1';
    const remote = 'https://mcp.example.com/mcp';
    const [first, taken] = ['Starting echo …', 'echo is taken.'];
    expect(await again('echo')).toEqual([0, 'echo', first]);
    expect(await again('echo')).toEqual([0, 'echo', first, 'echo runs already.']);
    expect(await again(image)).toEqual([0, 'echo-2', first, taken, 'Starting echo-2 …']);
    expect((await again(image)).slice(0, 2)).toEqual([0, 'echo-2']);
    expect((await again(image, '--port', '81')).slice(0, 2)).toEqual([0, 'echo-3']);
    expect((await again(remote)).slice(0, 2)).toEqual([0, 'mcp-example-com']);
    expect((await again(remote)).at(-1)).toBe('mcp-example-com runs already.');
    expect((await again('echo', '--name', 'echo')).slice(0, 2)).toEqual([6, '']);
    expect((await run(['stop', 'echo', '--wait', '0'])).code).toBe(0);
    expect((await again('echo')).slice(0, 2)).toEqual([0, 'echo-4']);
  });

  it('marks what it runs, and lists what has all of some marks', async () => {
    const marked = ['run', 'echo', '--name', 'marked', '--label', 'team=search', '--label', 'url=a=b'];
    const made = await run([...marked, '--wait', '0', '-o', 'json']);
    expect(JSON.parse(made.out)).toMatchObject({ labels: { team: 'search', url: 'a=b' } });
    await run(['run', 'echo', '--name', 'half', '--label', 'team=search', '--wait', '0']);
    const listed = async (...args: string[]) => (await run(['ps', ...args, '-o', 'name'])).out.split('\n');
    expect(await listed('--label', 'team=search')).toEqual(['half', 'marked']);
    expect(await listed('--label', 'team=search', '--label', 'url=a=b')).toEqual(['marked']);
    expect(await listed('--label', 'url')).toEqual(['marked']);
    expect((await run(['ls', '--label', 'team=docs', '-o', 'name'])).out).toBe('');
    expect((await run(['ps', '--label', 'Not A Key=1'])).code).toBe(1);
    expect((await run(['run', 'echo', '--label', 'nothing'])).code).toBe(2);
    expect((await run(['__complete', 'ps', '--label', 'te'])).out).toBe('team=search');
    expect((await run(['__complete', 'run', '--la'])).out).toBe('--label');
  });

  it('ends with the code of what went wrong, and says what to do', async () => {
    const taken = await run(['run', 'echo', '--name', 'one', '--wait', '0']);
    expect(taken.code).toBe(6);
    expect(taken.said).toContain('code: instance_name_taken');
    expect(await run(['stop', 'nobody', '--wait', '0'])).toMatchObject({ code: 3, out: '' });
    expect((await run(['ps'], { key: 'agents:read' })).code).toBe(4);
    expect((await run(['ps', '-o', 'xml'])).code).toBe(2);
    expect((await run(['nonsense'])).code).toBe(2);
    expect((await run(['ps', '--url', 'http://127.0.0.1:1'])).code).toBe(7);
    expect((await run(['--help'])).code).toBe(0);
  });

  it('finds out why an instance is red, and mends it', async () => {
    const { out } = await run([
      ...['run', 'needs-key', '-e', 'API_KEY=wrong'],
      ...['--wait', '0', '-o', 'json'],
    ]);
    const { id } = JSON.parse(out) as { id: string };
    const last_error = {
      ...{ message: 'exited 1', exit_code: 1, oom_killed: false, at: new Date().toISOString() },
      output: ['API_KEY is required'],
    };
    await consumer.handle(report(id, 1, 1, 'failed', { reason: 'exited 1', last_error }));
    plane.engine.report = {
      engine: { kind: 'memory', ok: true, detail: 'fine', since: '' },
      ...{ containers: [], image_present: null },
    };
    const doctor = await run(['doctor', 'needs-key']);
    expect(doctor.code).toBe(1);
    expect(doctor.out).toContain('ok    Required variables have values');
    expect(doctor.out).toContain('Cause: exited 1: API_KEY is required\nCode:  instance_env_missing');
    expect((await run(['doctor', 'needs-key', '--fix'])).said).toContain('--value-from API_KEY');
    const mended = await run(['doctor', 'needs-key', '--fix', '--value-from', 'KEY']);
    expect([mended.code, mended.said]).toEqual([0, 'Done: Set API_KEY.']);
    expect((await run(['logs', 'needs-key'])).out).not.toContain('value-of-a-secret');
  });

  it('keeps secrets and shows none', async () => {
    expect((await run(['secrets', 'set', 'shared', 'TOKEN', '--from-env', 'KEY'])).code).toBe(0);
    const { out } = await run(['secrets', 'list', '--scope', 'shared', '-o', 'json']);
    expect(JSON.parse(out)).toEqual([expect.objectContaining({ name: 'TOKEN', version: 1 })]);
    expect(out).not.toContain('value-of-a-secret');
  });

  it('completes commands, options and live names', async () => {
    const offered = async (...words: string[]) => (await run(['__complete', ...words])).out.split('\n');
    expect(await offered('do')).toEqual(['doctor', 'down']);
    expect(await offered('stop', '')).toEqual(expect.arrayContaining(['needs-key', 'one']));
    expect(await offered('stop', 'o')).toEqual(['one']);
    expect(await offered('tasks', 'sub')).toEqual(['submit']);
    expect(await offered('run', '--env')).toEqual(['--env', '--env-from']);
    for (const shell of ['bash', 'zsh', 'fish'])
      expect((await run(['completion', shell])).out).toContain('quayside __complete');
  });

  it('E26: writes an installation as text, and makes another one like it', async () => {
    const input = [
      ...['quayside: v1', 'servers:', '  - name: docs', '    docker_image_url: example/docs:1'],
      '    env_schema: [{ name: API_KEY, type: string, required: true, secret: true }]',
      ...['instances:', '  - name: docs', '    server_spec_id: docs'],
      '    labels: { team: docs, example.com/tier: two }',
      "    json_spec: { type: docker, image: 'example/docs:1', environment: { API_KEY: 'secret_ref:self:API_KEY' } }",
    ].join('\n');
    const file = ['-f', '-'];
    expect((await run(['plan', ...file], { input })).out).toContain('+ instances/docs  needs API_KEY');
    expect(await run(['apply', ...file], { input })).toMatchObject({ code: 0, out: '2 changes made.' });
    const text = (await run(['export'])).out;
    expect(text).toContain('secret_ref:self:API_KEY');
    expect(text).not.toContain('value-of-a-secret');

    const there = { key: 'admin@other', input: text };
    expect((await run(['diff', ...file], there)).code).toBe(1);
    const applied = await run(['apply', ...file], there);
    expect([applied.code, applied.said.split('\n')[0]]).toEqual([0, '+ servers/docs']);
    expect((await run(['export'], there)).out).toBe(text);
    expect(await run(['diff', ...file], there)).toMatchObject({ code: 0, out: 'Nothing differs.' });
    expect((await run(['export'], there)).out).toBe(text);
    const relabelled = text.replace('team: docs', 'team: search');
    const changed = { ...there, input: relabelled.replace('description: ""', 'description: "Changed."') };
    expect((await run(['diff', ...file], changed)).out).toContain('/labels/team');
    expect((await run(['apply', ...file], changed)).code).toBe(0);
    expect((await run(['diff', ...file], changed)).out).toBe('Nothing differs.');
    expect((await run(['apply', '-f', '-'], { input: 'servers: []' })).said).toContain('manifest_unreadable');
  });

  it('E26: makes an installation that has nothing yet one with the same export', async () => {
    const text = (await run(['export'])).out;
    expect(text).toContain('name: docs');
    const empty = await ControlPlane.start({ contexts: [ExportsApiModule] });
    try {
      const there = ['--url', await listening(empty)];
      const asked = (await empty.request('GET', '/api/v1/export')).text;
      expect(asked).not.toContain('name: docs');
      expect((await run([...there, 'apply', '-f', '-'], { input: text })).code).toBe(0);
      expect((await run([...there, 'export'])).out).toBe(text);
      const { body } = await empty.request<{ labels: object }>('GET', '/api/v1/mcp/instances/docs');
      expect(body.labels).toEqual({ team: 'docs', 'example.com/tier': 'two' });
      const [one, two] = [
        await empty.request('GET', '/api/v1/export'),
        await plane.request('GET', '/api/v1/export'),
      ];
      expect(one.text).toBe(two.text);
    } finally {
      await empty.stop();
    }
  }, 180_000);

  it('reaches every operation of the API', async () => {
    const { out } = await run(['api', 'GET', 'mcp/instances/one', '-o', 'json']);
    expect(JSON.parse(out)).toMatchObject({ name: 'one' });
    expect(await run(['rm', 'one', '--wait', '0'])).toMatchObject({ code: 0, said: 'one: to be deleted' });
  });
});
