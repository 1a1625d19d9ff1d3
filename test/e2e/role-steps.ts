import { eventually } from '@app/testing';
import { type InstanceBody } from './api';
import { type Engine } from './engine';
import { type Installation, type Role } from './installation';

export const ROLES: readonly Role[] = ['api', 'gateway', 'worker', 'provisioner'];
export const ECHO = { type: 'docker', image: 'agentarea/echo:latest', port: 8080 };
const MEMORY = { type: 'docker', image: 'quayside-test/memory:latest', transport: 'stdio' };

interface Health {
  readonly status: string;
  readonly role: string;
  readonly queue_mode: string;
  readonly database_mode: string;
  readonly engine: string;
  readonly checks: Readonly<Record<string, { readonly status: string; readonly detail: string }>>;
}

/** What a user does, whichever process does it for them. */
export class Steps {
  constructor(
    private readonly quayside: Installation,
    private readonly engine: Engine,
  ) {}

  async create(name: string, spec: object): Promise<InstanceBody> {
    await this.quayside.api.ok('POST', '/mcp/instances', { name, json_spec: spec });
    return this.quayside.reaches(name, 'running', 120_000);
  }

  /** A gateway that just came, or just lost somebody, may need a moment. */
  echo(server: string, message: string): Promise<void> {
    return eventually(
      async () => {
        expect(await this.quayside.api.call(server, 'echo', { message })).toBe(`Echo: ${message}`);
      },
      { deadlineMs: 60_000, everyMs: 250 },
    );
  }

  async remove({ id }: InstanceBody): Promise<void> {
    await this.quayside.api.ok('DELETE', `/mcp/instances/${id}?wait=60`);
    await this.quayside.vanishes(id);
    expect(await this.engine.containersOf(id)).toEqual([]);
    expect(await this.engine.networksOf(id)).toEqual([]);
  }

  async health(role: Role): Promise<Health> {
    const response = await fetch(`http://127.0.0.1:${String(this.quayside.port(role))}/health`, {
      headers: { authorization: `Bearer ${this.quayside.key}` },
    });
    expect(response.status).toBe(200);
    return (await response.json()) as Health;
  }

  /** From the wish to the answer of a tool, with what only the provisioner can tell, to the end; beside `others`. */
  async mainJob(others: readonly string[] = []): Promise<void> {
    const { quayside } = this;
    const [echo, memory] = await Promise.all([this.create('echo-1', ECHO), this.create('memory-1', MEMORY)]);
    await this.echo('echo-1', 'hello');
    const observations = ['it has cranes'];
    const entity = { name: 'Quayside', entityType: 'harbour', observations };
    await quayside.api.call('memory-1', 'create_entities', { entities: [entity] });
    expect(await quayside.api.call('memory-1', 'read_graph')).toContain('it has cranes');
    await eventually(async () => {
      const { tools } = await quayside.api.ok<{ tools: { server_name: string }[] }>('GET', '/mcp/tools');
      const servers = new Set(tools.map(({ server_name: server }) => server));
      expect(servers).toEqual(new Set([...others, 'echo-1', 'memory-1']));
    });

    await eventually(async () => {
      const logs = await quayside.api.ok('GET', '/mcp/instances/echo-1/logs');
      expect(logs).toContain('Listening on port 8080');
    });
    const { replicas } = await quayside.api.ok<{ replicas: { memory_bytes: number }[] }>(
      'GET',
      '/mcp/instances/echo-1/stats',
    );
    expect(replicas[0]?.memory_bytes).toBeGreaterThan(0);
    await Promise.all([this.remove(echo), this.remove(memory)]);
  }

  async saysWhatItIs(role: Role, queues: RegExp): Promise<void> {
    const health = await eventually(
      async () => {
        const found = await this.health(role);
        if (found.status !== 'healthy') throw new Error(`${role}: ${JSON.stringify(found.checks)}`);
        return found;
      },
      { deadlineMs: 60_000 },
    );
    expect(health).toMatchObject({ role, database_mode: 'external' });
    expect(health.queue_mode).toMatch(queues);
    expect(health.engine).toMatch(/^docker at unix:/);
    const speaksOfEngine = role === 'api' || role === 'provisioner';
    expect(health.checks['engine']?.status).toBe(speaksOfEngine ? 'up' : undefined);
  }
}
