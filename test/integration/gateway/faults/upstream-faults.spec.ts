import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { eventually } from '@app/testing';
import { type Era, type FaceAnswer } from './face-client';
import { ENDLESS_BYTES, type Fault, FAULTS, HEARD_OUT, isSilence, taken } from './fault-kinds';
import { FaultStage, PAIRS } from './fault-stage';

const HOWS = Object.keys(FAULTS) as Fault[];
const FACES = [
  ['the relay', (name: string) => `/servers/${name}/mcp`],
  ['an endpoint', (name: string) => `/endpoints/${name}/mcp`],
] as const;

/** What happened to a call that a client did not lose patience with: an answer, or the end of its connection. */
type Ending = FaceAnswer | 'cut off';

describe('a server that misbehaves', () => {
  const stage = new FaultStage();
  const nameOf = (era: Era, how: Fault): string => `bad-${era}-${HOWS.indexOf(how)}`;

  beforeAll(async () => {
    await stage.start();
    for (const era of ['older', 'newer'] as const)
      await Promise.all(
        HOWS.map((how) => stage.server(nameOf(era, how), era, { isPatient: !isSilence(how) })),
      );
  }, 180_000);

  afterEach(() => stage.expectUnharmed());
  afterAll(() => stage.stop());

  const suffer = async (how: Fault, path: string, era: Era): Promise<void> => {
    const caller = await stage.begun(path, era);
    const key = randomUUID();
    const ending: Ending = await caller
      .call('act', { how, key, message: 'drop by drop' })
      .catch(() => 'cut off' as const);
    // Whatever its caller was told: it was executed once, it was let go of, and the same server answers others as before.
    expect([how, stage.servers.executed(key)]).toEqual([how, 1]);
    await stage.servers.loses(key);
    const next = await stage.begun(path, era);
    expect([how, await next.echo('as before')]).toEqual([how, 'as before']);
    expectEnding(how, ending);
  };

  const CASES = FACES.flatMap(([face, pathOf]) => PAIRS.map((pair) => [face, ...pair, pathOf] as const));

  it.each(CASES)('costs one call for each kind of it: over %s, server %s, client %s', async (...about) => {
    const [, server, client, pathOf] = about;
    const before = taken.bytes;
    await Promise.all(HOWS.map((how) => suffer(how, pathOf(nameOf(server, how)), client)));
    expect(taken.bytes - before).toBeLessThan(ENDLESS_BYTES);
  });
});

function expectEnding(how: Fault, ending: Ending): void {
  if (HEARD_OUT.includes(how)) {
    expect([how, ending]).toEqual([how, expect.objectContaining({ status: 200 })]);
    expect((ending as FaceAnswer).messages.at(-1)?.result).toMatchObject({
      content: [{ text: 'drop by drop' }],
    });
  } else if (ending !== 'cut off') {
    expect([how, ending.messages.at(-1)?.result]).toEqual([how, undefined]);
    expect([200, 400, 404, 500, 502, 503, 504]).toContain(ending.status);
  }
}

describe('a server that plays tricks', () => {
  const stage = new FaultStage();
  beforeAll(() => stage.start(), 180_000);
  afterEach(() => stage.expectUnharmed());
  afterAll(() => stage.stop());

  it('redirects to an address inside, and is not followed', async () => {
    let visits = 0;
    const inside = createServer((_request, response) => {
      visits += 1;
      response.end('{}');
    }).listen(0, '127.0.0.1');
    const redirecting = createServer((_request, response) => {
      const { port } = inside.address() as AddressInfo;
      response.writeHead(307, { location: `http://127.0.0.1:${port}/mcp` }).end();
    }).listen(0, '127.0.0.1');
    try {
      for (const each of [inside, redirecting]) if (!each.listening) await once(each, 'listening');
      for (const era of ['older', 'newer'] as const) {
        const name = `redirects-${era}`;
        const { port } = redirecting.address() as AddressInfo;
        await stage.server(name, era, { isUp: false, url: `http://127.0.0.1:${port}/mcp` });
        for (const path of [`/servers/${name}/mcp`, `/endpoints/${name}/mcp`]) {
          const caller = stage.client(path, era);
          const answer = await caller.call('echo', { message: 'inside' });
          expect(answer.headers.location).toBeUndefined();
          expect(answer.messages.at(-1)?.result).toBeUndefined();
        }
      }
      expect(visits).toBe(0);
    } finally {
      for (const each of [inside, redirecting]) each.close();
    }
  });

  it('lies in its tool list, and its other tools can be called all the same', async () => {
    const names = ['act', 'x'.repeat(5_000), '', 'a\u0000b', 'é ü'];
    stage.servers.extraTools = [
      ...names.map((name) => ({ name, inputSchema: { type: 'object' } })),
      { name: 42 },
      { name: 'no-schema' },
      { name: 'wrong-schema', inputSchema: 'none' },
      { name: 'pointing', inputSchema: { $ref: 'http://127.0.0.1:9/schema.json' } },
      null,
      'echo',
    ] as object[];
    try {
      await stage.server('liar', 'older');
      for (const era of ['older', 'newer'] as const) {
        for (const path of ['/servers/liar/mcp', '/endpoints/liar/mcp', '/mcp']) {
          const caller = await stage.begun(path, era);
          const list = await caller.send('tools/list', {});
          expect(list.status).toBe(200);
          expect(list.messages.at(-1)?.result).toBeDefined();
        }
        const endpoint = await stage.begun('/endpoints/liar/mcp', era);
        expect(await endpoint.echo('true all the same')).toBe('true all the same');
      }
    } finally {
      stage.servers.extraTools = [];
    }
  });

  it('changes its tools, which is seen in lists and told to those who listen', async () => {
    await stage.server('moody', 'older');
    const caller = await stage.begun('/endpoints/moody/mcp', 'older');
    const namesOf = async (): Promise<readonly unknown[]> => {
      const { messages } = await caller.send('tools/list', {});
      return (messages.at(-1)?.result?.['tools'] as { name: string }[]).map(({ name }) => name);
    };
    expect(await namesOf()).not.toContain('new-tool');
    await eventually(() => {
      if (stage.servers.streams === 0) throw new Error('nobody listens to the server');
    });
    stage.servers.changeTools(['new-tool']);
    await eventually(async () => {
      expect(await namesOf()).toContain('new-tool');
    });
    stage.servers.extraTools = [];
  });

  it('forgets its sessions, after which a call is executed once', async () => {
    for (const era of ['older', 'newer'] as const) {
      for (const path of ['/servers/good-older/mcp', '/endpoints/good-older/mcp']) {
        const caller = await stage.begun(path, era);
        expect(await caller.echo('before')).toBe('before');
        stage.servers.forgetSessions();
        const key = randomUUID();
        const answer = await caller.call('act', { how: 'drips its answer', key, message: 'after' });
        expect(answer.messages.at(-1)?.result).toMatchObject({ content: [{ text: 'after' }] });
        expect(stage.servers.executed(key)).toBe(1);
      }
    }
  });
});
