import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command } from 'commander';
import { EXIT } from '../../../src/cli/failures';
import { buildProgram } from '../../../src/cli/program';
import { commandLine, type Ended } from '../command-line';
import { Installation } from '../installation';

/** Guards against hanging: each command is a process of its own. */
jest.setTimeout(300_000);

interface Asked {
  readonly input_required: { readonly requests: object; readonly request_state: string };
}

const silent = { out: () => undefined, say: () => undefined, input: () => Promise.resolve('') };
/** Lists that are not called so. */
const ALSO_LISTS = [['ps'], ['tools'], ['connect'], ['secrets', 'keyring']];
const STAGES = [{ name: 'only', type: 'processing' }];

const listsOf = (command: Command, path: readonly string[] = []): string[][] =>
  command.commands.flatMap((each) =>
    each.name() === 'list' ? [[...path, 'list']] : listsOf(each, [...path, each.name()]),
  );
const LISTS = [...ALSO_LISTS, ...listsOf(buildProgram(silent, {}).program)];

/** What each exit code is for: a command that ends with it, and a word of what it says. */
const ENDINGS: readonly (readonly [keyof typeof EXIT, readonly string[], string])[] = [
  ['ok', ['stop', 'standing', '--wait', '0'], ''],
  ['failed', ['run', 'echo', '--name', 'Not A Name', '--wait', '0'], '/name'],
  ['usage', ['ps', '-o', 'xml'], 'output format'],
  ['notFound', ['stop', 'nobody', '--wait', '0'], 'instance_not_found'],
  ['notAllowed', ['ps', '--key', 'qs_nobody-has-this-key-0123456789'], 'unauthenticated'],
  [
    'timeout',
    ['call', 'everything', 'trigger-long-running-operation', 'duration=30', 'steps=1', '--timeout', '200'],
    'call_timed_out',
  ],
  ['conflict', ['run', 'echo', '--name', 'standing', '--wait', '0'], 'instance_name_taken'],
  ['unreachable', ['ps', '--url', 'http://127.0.0.1:1'], 'quayside up'],
  ['toolError', ['call', 'everything', 'get-resource-reference', 'resourceId=0'], 'ms'],
  ['configuration', ['migrate'], 'DATABASE_URL'],
  ['inputRequired', ['call', 'asking', 'trigger-elicitation-request'], 'nobody is at this terminal'],
];

describe('E20: the command line', () => {
  const home = mkdtempSync(join(tmpdir(), 'quayside-prompt-'));
  let quayside: Installation;
  const run = (args: readonly string[], input?: string | null): Promise<Ended> =>
    commandLine(quayside, home, args, input);

  beforeAll(async () => {
    quayside = await Installation.start();
    const { api } = quayside;
    const agent = { name: 'listed', type: 'worker', capabilities: ['listing'] };
    await api.ok('POST', '/api/v1/agents/register', agent);
    await api.ok('POST', '/api/v1/tasks', { type: 'listing', payload: {} });
    const pipeline = await api.ok<{ id: string }>('POST', '/api/v1/pipelines', {
      name: 'listed',
      stages: STAGES,
    });
    await api.ok('POST', `/api/v1/pipelines/${pipeline.id}/execute`, { input_data: {} });
    await api.ok('PUT', '/api/v1/secrets/shared/LISTED', { value: 'a value of a secret' });
    await api.ok('POST', '/api/v1/api-keys', { name: 'listed', role: 'viewer' });
    for (const [name, template] of [
      ['standing', 'echo'],
      ['everything', 'everything'],
    ] as const) {
      await api.ok('POST', '/api/v1/mcp/instances', { name, template });
      await quayside.reaches(name, 'running', 120_000);
    }
    // Only a process that a caller has to itself knows whom it asks.
    const asking = { type: 'stdio', command: 'everything', session_isolation: 'per_session' };
    await api.ok('POST', '/api/v1/mcp/instances', { name: 'asking', json_spec: asking });
    await quayside.reaches('asking', 'running', 120_000);
  }, 300_000);
  afterAll(async () => {
    await (quayside as Installation | undefined)?.stop();
    rmSync(home, { recursive: true });
  }, 120_000);

  it('finds the lists', () => {
    expect(LISTS.length).toBeGreaterThan(10);
  });

  it.each(LISTS.map((path) => [path.join(' '), path] as const))(
    'prints JSON and nothing else for %s -o json',
    async (_name, path) => {
      const { code, printed, said } = await run([...path, '-o', 'json']);
      expect([code, said]).toEqual([EXIT.ok, '']);
      const rows = JSON.parse(printed) as unknown;
      expect(rows).toEqual(expect.arrayContaining([expect.any(Object)]));
    },
  );

  it('has a case for each of its exit codes', () => {
    expect(ENDINGS.map(([name]) => name).sort()).toEqual(Object.keys(EXIT).sort());
  });

  it.each(ENDINGS)('ends with the code of what happened: %s', async (name, args, words) => {
    const { code, printed, said } = await run(args);
    expect([code, said]).toEqual([EXIT[name], expect.stringContaining(words)]);
    // What a tool says is data, also when it says that it failed; a refusal is not.
    if (name !== 'toolError') expect(printed).toBe('');
  });

  it('leaves open what a tool asks where a program reads it, which can answer over the API', async () => {
    const { printed: listed } = await run(['tools', 'asking', '-o', 'json']);
    expect(JSON.parse(listed)).toContainEqual(
      expect.objectContaining({ name: 'trigger-elicitation-request' }),
    );
    const call = ['call', 'asking', 'trigger-elicitation-request', '-o', 'json'];
    const { code, printed } = await run(call, null);
    expect(code).toBe(EXIT.inputRequired);
    const { input_required: asked } = JSON.parse(printed) as Asked;
    const answers = Object.fromEntries(
      Object.keys(asked.requests).map((key) => [key, { action: 'decline' }] as const),
    );
    const answer = await quayside.api.ok<{ content: { text: string }[] }>('POST', '/api/v1/mcp/tools/call', {
      ...{
        server_name: 'asking',
        tool_name: 'trigger-elicitation-request',
        arguments: {},
        accept_input: true,
      },
      ...{ request_state: asked.request_state, input_responses: answers },
    });
    expect(answer.content[0]?.text).toContain('declined');
  });

  it.each([
    [['reset'], 'failed'],
    [['rm', 'nobody', '--wait', '0'], 'notFound'],
    [['keys', 'revoke', '00000000-0000-4000-8000-000000000000'], 'notFound'],
    [['secrets', 'rm', 'shared', 'NOBODYS'], 'notFound'],
    [['backup', 'a-file'], 'configuration'],
    [['restore', 'a-file'], 'configuration'],
    [['apply', '-f', 'no-such-file'], 'usage'],
  ] as const)('asks nothing where nobody can answer: %j', async (args, name) => {
    const { code, printed } = await run(args, null);
    expect([code, printed]).toEqual([EXIT[name], '']);
  });
});
