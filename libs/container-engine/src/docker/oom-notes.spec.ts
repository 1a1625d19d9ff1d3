import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@app/testing';
import { type EngineEvent } from '../container-engine';
import { DockerEngine } from './docker-engine';

const KILLED = 'killed-by-memory';
const ENDED = 'ended-by-itself';
const EXIT_CODES: Readonly<Record<string, number>> = { [KILLED]: 137, [ENDED]: 1 };

/** As Docker 28 answers for good when it learned of the memory after the end. */
const inspected = (id: string): object => ({
  Id: id,
  Name: `/${id}`,
  Image: 'sha256:0',
  Config: { Image: 'test', Labels: {} },
  State: {
    Status: 'exited',
    Running: false,
    OOMKilled: false,
    ExitCode: EXIT_CODES[id],
    Error: '',
    StartedAt: '2026-11-01T00:00:00Z',
    FinishedAt: '2026-11-01T00:00:01Z',
  },
  NetworkSettings: { Networks: {} },
});

/** A stand-in: with a real engine nobody can say which of the two events comes first. */
describe('an engine that learns of the memory after the end', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quayside-engine-'));
  const socket = join(folder, 'engine.sock');
  const listeners = new Set<ServerResponse>();
  const server = createServer((request, response) => {
    const id = /\/containers\/([^/]+)\/json/.exec(request.url ?? '')?.[1];
    if (id !== undefined) response.end(JSON.stringify(inspected(id)));
    else if (request.method === 'DELETE') response.writeHead(204).end();
    else {
      listeners.add(response);
      response.flushHeaders();
    }
  });
  const engine = new DockerEngine({ host: `unix://${socket}` });

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(socket, resolve));
  });

  afterAll(async () => {
    await engine.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  const tell = (id: string, action: string): void => {
    for (const listener of listeners)
      listener.write(`${JSON.stringify({ Action: action, Actor: { ID: id, Attributes: {} } })}\n`);
  };
  const wasMemory = async (id: string) => (await engine.inspect(id))?.oomKilled;

  it('is believed, of a container that was killed, until that is removed', async () => {
    const actions: string[] = [];
    engine.events({ installation: 'test' }, (event: EngineEvent) => {
      if (event.kind === 'container') actions.push(`${event.containerId} ${event.action}`);
    });
    await eventually(() => {
      expect(listeners.size).toBe(1);
    });
    for (const id of [KILLED, ENDED]) tell(id, 'die');
    await eventually(() => {
      expect(actions).toHaveLength(2);
    });
    expect(await wasMemory(KILLED)).toBe(false);

    for (const id of [KILLED, ENDED]) tell(id, 'oom');
    await eventually(() => {
      expect(actions).toHaveLength(4);
    });
    expect(await wasMemory(KILLED)).toBe(true);
    // What killed one of its children is no reason for an end that it chose itself.
    expect(await wasMemory(ENDED)).toBe(false);

    await engine.remove(KILLED);
    expect(await wasMemory(KILLED)).toBe(false);
  });
});
