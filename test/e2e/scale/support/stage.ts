import { Agent } from '../../../../libs/agent-kit/src';
import { Database } from '@app/database';
import { eventually } from '@app/testing';
import { Api } from '../../api';
import { Installation, type InstallationOptions, type Role } from '../../installation';
import { Balancer } from './balancer';
import { define, restEcho, SessionClient, submitTask } from './clients';
import { Follower } from './follower';
import { Traffic } from './traffic';

export const ROLES_APART: readonly Role[] = ['api', 'gateway', 'worker', 'provisioner'];
const ECHO = { type: 'docker', image: 'agentarea/echo:latest', port: 8080 };
const KINDS = ['calls by REST', 'calls in a session', 'tasks', 'definitions'] as const;
/** So many more of each kind must have gone well before the next change. */
const BETWEEN = 10;
/** As in production: whoever goes says so first, and keeps serving until the balancer has heard it. */
const ENVIRONMENT = { NODE_ENV: 'production', SHUTDOWN_TIMEOUT: '25', PUBLIC_URL: 'http://localhost:8080' };

export interface UnderLoad {
  readonly traffic: Traffic;
  readonly everybodyIsServed: () => Promise<void>;
}

interface Promised {
  readonly tasks: readonly string[];
  readonly definitions: readonly string[];
  readonly follower: Follower;
}

export interface StageOptions {
  readonly engine: string;
  readonly redisUrl: string;
  /** The build that the first of the two runs. */
  readonly dist?: string;
}

/** Two processes of each role behind a balancer, with a server that runs. */
export class Stage {
  private readonly ends: (() => Promise<void>)[] = [];
  one!: Installation;
  two!: Installation;
  balancer!: Balancer;
  db!: Database;

  /** What had begun ends again when the rest of it fails. */
  static async set(options: StageOptions): Promise<Stage> {
    const stage = new Stage();
    try {
      await stage.begin(options);
    } catch (error) {
      await stage.clear();
      throw error;
    }
    return stage;
  }

  async clear(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }

  /** The container of the server: nothing that happens to our processes may touch it. */
  async container(): Promise<string | undefined> {
    const { container } = await this.one.reaches('echo', 'running');
    return container?.id;
  }

  /** Runs `change` while clients of every kind ask, and holds what they were promised against what became of it. */
  async underLoad(change: (load: UnderLoad) => Promise<void>): Promise<Follower> {
    const { one, balancer } = this;
    const api = new Api(() => balancer.url, one.key);
    const traffic = new Traffic(api);
    const follower = new Follower(balancer.url, one.key);
    const agent = new Agent({
      ...{ url: balancer.url, key: one.key, name: `scale-${String(Date.now())}`, capabilities: ['scale'] },
      tasks: ({ id }) => ({ id }),
    });
    await agent.start();
    const everybodyIsServed = (): Promise<void> => this.servesOn(traffic);
    try {
      const promised = { follower, ...(await begin(traffic, api)) };
      await everybodyIsServed();
      await change({ traffic, everybodyIsServed });
      await everybodyIsServed();
      await traffic.end();
      expect(traffic.unexcused).toEqual([]);
      await this.keeps(promised);
    } finally {
      await traffic.end();
      follower.stop();
      await agent.stop();
    }
    return follower;
  }

  private async begin({ engine, redisUrl, dist }: StageOptions): Promise<void> {
    const options: InstallationOptions = { mode: 'roles', engine, redisUrl, env: ENVIRONMENT };
    this.one = await Installation.start({ ...options, ...(dist === undefined ? {} : { dist }) });
    this.ends.push(() => this.one.stop());
    this.two = await Installation.start({ ...options, beside: this.one });
    this.ends.push(() => this.two.stop());
    this.db = await Database.open({ url: this.one.database, applicationName: 'scale', poolSize: 2 });
    this.ends.push(() => this.db.close());
    this.balancer = await Balancer.start([this.one, this.two]);
    this.ends.push(() => this.balancer.stop());
    await this.one.api.ok('POST', '/mcp/instances', { name: 'echo', json_spec: ECHO });
    await this.one.reaches('echo', 'running', 120_000);
  }

  private async servesOn(traffic: Traffic): Promise<void> {
    const before = new Map(traffic.done);
    await eventually(
      () => {
        for (const kind of KINDS)
          if ((traffic.done.get(kind) ?? 0) < (before.get(kind) ?? 0) + BETWEEN)
            throw new Error(
              `${kind} do not go on: ${traffic.unexcused.join('\n')}\n${this.one.lastLog(20)}\n${this.two.lastLog(20)}`,
            );
      },
      { deadlineMs: 120_000 },
    );
  }

  /** Every task has ended once, was told of once and in order, and what was defined is there. */
  private async keeps({ follower, tasks, definitions }: Promised): Promise<void> {
    await follower.hearsOf(tasks);
    expect(new Set(follower.completions(tasks))).toEqual(new Set([1]));
    expect(follower.gaps).toEqual([]);
    expect(follower.sequences).toEqual([...new Set(follower.sequences)].sort((a, b) => a - b));
    const api = new Api(() => this.balancer.url, this.one.key);
    for (const name of definitions)
      expect(await api.ok('GET', `/api/v1/mcp/servers/${name}`)).toMatchObject({ name });
    // Also those whose acceptance nobody heard of, because the process died that had accepted them.
    await eventually(
      async () => {
        const left = await this.db.query(`SELECT id, status FROM task WHERE finished_at IS NULL`);
        expect(left).toEqual([]);
      },
      { deadlineMs: 120_000 },
    );
  }
}

/** Answers what is promised as it goes on. */
async function begin(traffic: Traffic, api: Api): Promise<Omit<Promised, 'follower'>> {
  const [tasks, definitions] = [[] as string[], [] as string[]];
  const sessions = await Promise.all([SessionClient.open(api), SessionClient.open(api)]);
  traffic.begin('calls by REST', 2, (to, client, turn) => restEcho(to, `r${String(client)}-${String(turn)}`));
  traffic.begin('calls in a session', 2, async (to, client, turn) =>
    sessions[client]?.echo(to, `s${String(client)}-${String(turn)}`),
  );
  traffic.begin('tasks', 1, async (to) => void tasks.push(await submitTask(to)));
  const stem = `d${String(Date.now())}`;
  traffic.begin(
    'definitions',
    1,
    async (to, _, turn) => void definitions.push(await define(to, `${stem}-${String(turn)}`)),
  );
  return { tasks, definitions };
}
