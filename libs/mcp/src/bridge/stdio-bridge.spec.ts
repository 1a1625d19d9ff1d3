import { PassThrough } from 'node:stream';
import { type JsonObject } from '@app/kernel';
import { BridgeBusyError } from '../errors';
import { type RpcId, type RpcNotification } from '../wire/json-rpc';
import { type Listener } from './child-subscriptions';
import { StdioBridge } from './stdio-bridge';
import { type StdioStreams } from './stdio-link';

interface Heard {
  readonly id?: RpcId;
  readonly method?: string;
  readonly params?: JsonObject;
  readonly result?: JsonObject;
  readonly error?: { readonly code: number };
}
type Script = (message: Heard, process: ScriptedProcess) => void;

/** A stdio server without a process: what it hears is kept, what it says is up to the test. */
class ScriptedProcess implements StdioStreams {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly stderr = new PassThrough();
  readonly heard: Heard[] = [];

  constructor(script: Script = () => undefined) {
    let rest = '';
    this.stdin.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const message = JSON.parse(line) as Heard;
        this.heard.push(message);
        script(message, this);
      }
    });
  }

  say(message: object): void {
    this.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  }

  die(): void {
    this.stdout.end();
  }

  requests(method: string): Heard[] {
    return this.heard.filter((message) => message.method === method);
  }
}

/** Answers the handshake like an older server; the rest goes to the test's own script. */
const olderProcess = (script: Script = () => undefined, capabilities: JsonObject = {}): ScriptedProcess =>
  new ScriptedProcess((message, process) => {
    const { id, method } = message;
    if (method === 'server/discover')
      process.say({ id, error: { code: -32601, message: 'Method not found' } });
    else if (method === 'initialize') {
      const about = {
        protocolVersion: '2025-11-25',
        capabilities,
        serverInfo: { name: 'scripted', version: '1' },
      };
      process.say({ id, result: about });
    } else script(message, process);
  });

const open = async (process: ScriptedProcess, more = {}): Promise<StdioBridge> => {
  const bridge = new StdioBridge(process, { serverName: 'scripted', ...more });
  await bridge.open();
  return bridge;
};
/** Lets streams pass on what was written. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const eventually = async (check: () => void): Promise<void> => {
  const endsAtMs = performance.now() + 30_000;
  for (;;) {
    await settled();
    try {
      check();
      return;
    } catch (error) {
      if (performance.now() > endsAtMs) throw error;
    }
  }
};

describe('opening a bridge', () => {
  it('asks the newer question first and shakes hands as it is answered', async () => {
    const process = olderProcess();
    const bridge = await open(process);

    expect(bridge.verdict).toMatchObject({ era: 'older', serverInfo: { name: 'scripted' } });
    await eventually(() => {
      expect(process.heard.map(({ method }) => method)).toEqual([
        'server/discover',
        'initialize',
        'notifications/initialized',
      ]);
    });
  });

  it('says that the process died of the question, so that it is started again without it', async () => {
    const process = new ScriptedProcess((_, self) => {
      self.die();
    });
    await expect(open(process)).rejects.toMatchObject({ code: 'server_process_ended', diedOfQuestion: true });

    const again = olderProcess();
    await open(again, { era: 'older' });
    expect(again.requests('server/discover')).toHaveLength(0);
  });

  it('says that the process just died otherwise', async () => {
    const process = new ScriptedProcess((_, self) => {
      self.die();
    });
    await expect(open(process, { era: 'older' })).rejects.toMatchObject({ diedOfQuestion: false });
  });

  it('does not wait for ever', async () => {
    const bridge = new StdioBridge(new ScriptedProcess(), { serverName: 'mute' });
    await expect(bridge.open(50)).rejects.toMatchObject({ code: 'upstream_timeout' });
    bridge.close();
  });

  it('refuses a revision that it does not know', async () => {
    const process = new ScriptedProcess(({ id, method }, self) => {
      if (method === 'server/discover') self.say({ id, error: { code: -32601, message: 'no' } });
      else self.say({ id, result: { protocolVersion: '1999-01-01', capabilities: {} } });
    });
    await expect(open(process)).rejects.toMatchObject({ code: 'upstream_protocol_error' });
  });
});

describe('an open bridge', () => {
  it('gives each call the answer to its own id, in whatever order they come', async () => {
    const waiting: (number | string)[] = [];
    const process = olderProcess(({ id, method }, self) => {
      if (method !== 'tools/call' || id === undefined) return;
      waiting.push(id);
      if (waiting.length < 3) return;
      for (const one of waiting.reverse()) self.say({ id: one, result: { of: one } });
    });
    const bridge = await open(process);
    const answers = await Promise.all([1, 2, 3].map(() => bridge.start('tools/call', {}).answer));

    expect(new Set(answers.map(({ id }) => id)).size).toBe(3);
    for (const answer of answers) expect(answer).toMatchObject({ result: { of: answer.id } });
  });

  it('ignores text that is no message, answers to nobody, and second answers', async () => {
    const lines: string[] = [];
    const process = olderProcess(({ id, method }, self) => {
      if (method !== 'tools/list') return;
      self.stdout.write('Server listening!\n[1,2]\n\n');
      self.say({ id: 4711, result: {} });
      self.say({ id, result: { tools: ['first'] } });
      self.say({ id, result: { tools: ['second'] } });
    });
    const bridge = await open(process, { onStderr: (line: string) => lines.push(line) });

    expect(await bridge.start('tools/list', {}).answer).toMatchObject({ result: { tools: ['first'] } });
    expect(lines.filter((line) => line.includes('not a protocol message'))).toHaveLength(2);
    expect(bridge.pendingCount).toBe(0);
  });

  it('fails only the call whose answer is longer than it keeps', async () => {
    const process = olderProcess(({ id, method }, self) => {
      if (method === 'big') self.say({ id, result: { text: 'x'.repeat(17 * 1024 * 1024) } });
      if (method === 'small') self.say({ id, result: {} });
    });
    const bridge = await open(process);
    const big = bridge.start('big', {}).answer;
    const small = bridge.start('small', {}).answer;

    await expect(big).rejects.toMatchObject({ code: 'upstream_protocol_error' });
    expect(await small).toMatchObject({ result: {} });
  });

  it('fails what is open when the process ends, and what comes after', async () => {
    const ends: string[] = [];
    const process = olderProcess(({ method }, self) => {
      if (method === 'tools/call') self.die();
    });
    const bridge = await open(process, { onEnd: (reason: string) => ends.push(reason) });

    await expect(bridge.start('tools/call', {}).answer).rejects.toMatchObject({
      code: 'server_process_ended',
    });
    expect(() => bridge.start('tools/call', {})).toThrow('its process ended');
    expect(ends).toEqual(['its process ended']);
  });

  it('takes a bounded number of calls', async () => {
    const bridge = await open(olderProcess());
    const calls = Array.from({ length: 1_000 }, () => bridge.start('tools/call', {}));
    for (const { answer } of calls) answer.catch(() => undefined);

    expect(() => bridge.start('tools/call', {})).toThrow(BridgeBusyError);
    calls[0]?.cancel('enough');
    expect(() => bridge.start('tools/call', {}).answer.catch(() => undefined)).not.toThrow();
    bridge.close();
  });

  it('maps progress to the token of the client, and cancellation to the id of the process', async () => {
    const heard: RpcNotification[] = [];
    const process = olderProcess(({ id, method, params }, self) => {
      if (method !== 'tools/call') return;
      const token = (params?._meta as { progressToken: number }).progressToken;
      expect(token).toBe(id);
      self.say({ method: 'notifications/progress', params: { progressToken: token, progress: 1 } });
    });
    const bridge = await open(process);
    const call = bridge.start('tools/call', { _meta: { progressToken: 'mine' } }, (message) =>
      heard.push(message),
    );
    const fails = expect(call.answer).rejects.toThrow('enough');
    await eventually(() => {
      expect(heard).toMatchObject([{ params: { progressToken: 'mine', progress: 1 } }]);
    });
    call.cancel('enough');

    await fails;
    const [sent] = process.requests('tools/call');
    await eventually(() => {
      expect(process.requests('notifications/cancelled')).toMatchObject([
        { params: { requestId: sent?.id } },
      ]);
    });
  });

  it('answers ping and refuses what a shared process may not ask', async () => {
    const process = olderProcess();
    await open(process);
    process.say({ id: 'a', method: 'ping' });
    process.say({ id: 'b', method: 'sampling/createMessage', params: {} });

    await eventually(() => {
      expect(process.heard.slice(-2)).toMatchObject([
        { id: 'a', result: {} },
        { id: 'b', error: { code: -32601 } },
      ]);
    });
  });

  it('keeps the last 200 lines of stderr', async () => {
    const process = olderProcess();
    const bridge = await open(process);
    for (let line = 1; line <= 1_000; line += 1) process.stderr.write(`line ${line}\n`);

    await eventually(() => {
      expect(bridge.stderrLines().at(-1)).toBe('line 1000');
    });
    expect(bridge.stderrLines()).toHaveLength(200);
    expect(bridge.stderrLines()[0]).toBe('line 801');
  });
});

describe('subscriptions', () => {
  const listener = (heard: RpcNotification[]): Listener => ({
    lists: new Set(['notifications/tools/list_changed']),
    uris: new Set(),
    hear: (message) => heard.push(message),
  });

  it('reach everybody who wants them; the process is told of each resource once', async () => {
    const process = olderProcess();
    const { subscriptions } = await open(process);
    const heard: [RpcNotification[], RpcNotification[]] = [[], []];
    const [one, two] = [listener(heard[0]), listener(heard[1])];
    subscriptions.add(one);
    subscriptions.add(two);
    subscriptions.subscribe(one, 'note://1');
    subscriptions.subscribe(two, 'note://1');
    subscriptions.unsubscribe(one, 'note://1');
    process.say({ method: 'notifications/tools/list_changed' });
    process.say({ method: 'notifications/prompts/list_changed' });
    process.say({ method: 'notifications/resources/updated', params: { uri: 'note://1' } });

    await eventually(() => {
      expect(heard[1]).toHaveLength(2);
    });
    expect(heard[0]).toHaveLength(1);
    expect(process.requests('resources/subscribe')).toHaveLength(1);
    expect(process.requests('resources/unsubscribe')).toHaveLength(0);
    subscriptions.remove(two);
    await eventually(() => {
      expect(process.requests('resources/unsubscribe')).toHaveLength(1);
    });
  });
});
