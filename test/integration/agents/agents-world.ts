import { EventAppender } from '@app/outbox';
import { PubSub } from '@app/queues';
import { EgressPolicy } from '@app/security';
import { Metrics } from '@app/telemetry';
import { AgentWork } from '../../../src/agents';
import { HeardAgents } from '../../../src/agents/presence/heard-agents';
import { PaceKeeper } from '../../../src/agents/presence/pace-keeper';
import { PresenceRows } from '../../../src/agents/presence/presence-rows';
import { AgentProber } from '../../../src/agents/watch/agent-prober';
import { AgentWatch } from '../../../src/agents/watch/agent-watch';
import { ProbeRows } from '../../../src/agents/watch/probe-rows';
import { WatchRows } from '../../../src/agents/watch/watch-rows';
import { type Answer, IdentityWorld } from '../identity/identity-world';

export const API = '/api/v1/agents';

/** As the required document prints it. */
export const PRINTED = {
  name: 'agent-name',
  type: 'worker',
  capabilities: ['task-execution', 'data-processing'],
  endpoints: {
    task: 'http://agent:8080/task',
    status: 'http://agent:8080/status',
    health: 'http://agent:8080/health',
  },
  resources: { cpu: 4, memory: '8GB', gpu: true },
};

/** Work that the tests write down. */
class NoWork extends AgentWork {
  runningOf(): Promise<ReadonlyMap<string, number>> {
    return Promise.resolve(new Map());
  }

  toCancel(): Promise<ReadonlyMap<string, readonly string[]>> {
    return Promise.resolve(new Map());
  }

  forgotten(): Promise<void> {
    return Promise.resolve();
  }
}

/** The API of agents as the product puts it together, and the worker's parts, which a test calls itself. */
export class AgentsWorld {
  readonly metrics = new Metrics();
  readonly watch: AgentWatch;
  readonly prober: AgentProber;

  private constructor(readonly identity: IdentityWorld) {
    const { db } = identity.database;
    const presence = new PresenceRows(db);
    const pace = new PaceKeeper(presence);
    const { app } = identity.api;
    const events = app.get(EventAppender, { strict: false });
    const pubsub = app.get(PubSub, { strict: false });
    const heard = new HeardAgents(db, presence, pace, events, pubsub);
    const rows = new WatchRows(db, pace);
    this.watch = new AgentWatch(db, rows, new NoWork(), events, this.metrics);
    const policy = new EgressPolicy({ localMode: true });
    this.prober = new AgentProber(new ProbeRows(db), heard, pace, policy, pubsub);
  }

  static async start(): Promise<AgentsWorld> {
    return new AgentsWorld(await IdentityWorld.start());
  }

  get db() {
    return this.identity.database.db;
  }

  register(body: object, as?: string): Promise<Answer> {
    return this.identity.api.post(`${API}/register`, body, as === undefined ? {} : { as });
  }

  async registered(name: string, more: object = {}): Promise<{ id: string; token: string }> {
    const { body, status } = await this.register({ name, type: 'worker', ...more });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return { id: String(body['id']), token: String(body['token']) };
  }

  async get(name: string): Promise<Answer['body']> {
    return (await this.identity.api.get(`${API}/${name}`)).body;
  }

  /** A key of a role, issued over HTTP. */
  async key(role: string): Promise<string> {
    const { body } = await this.identity.api.post('/api/v1/api-keys', { name: role, role });
    return String(body['key'] ?? body['secret'] ?? body['api_key']);
  }

  /** As if its last heartbeat had been long ago. */
  async silence(id: string): Promise<void> {
    await this.db.execute(
      `UPDATE agent_presence SET lease_until = now() - interval '1 second', expected_by = now() - interval '1 second'
        WHERE agent_id = $1`,
      [id],
    );
  }

  events(id: string): Promise<readonly { name: string; data: Record<string, unknown> }[]> {
    return this.db.query(
      `SELECT name, data FROM domain_event WHERE aggregate_id = $1 ORDER BY occurred_at, id`,
      [id],
    );
  }

  async stop(): Promise<void> {
    await this.watch.onApplicationShutdown();
    await this.prober.onApplicationShutdown();
    await this.identity.stop();
  }
}
