import { setTimeout as delay } from 'node:timers/promises';
import { type Random } from '../random';
import { type WorkHistory } from './work-history';

/** What an agent does with a task, and how many of a hundred it treats so. */
const BEHAVIOURS = {
  completes: 80,
  completesTwice: 6,
  failsForNow: 6,
  /** Answers when the lease is long over. */
  answersTooLate: 5,
  neverAnswers: 3,
} as const;
type Behaviour = keyof typeof BEHAVIOURS;

const LEASE_WAIT_S = 5;
const RETRY_MS = 200;
const REQUEST_LIMIT_MS = 20_000;

interface LeasedTask {
  readonly task_id: string;
  readonly lease_token: string;
  readonly attempt: number;
}

interface Identity {
  readonly id: string;
  readonly token: string;
}

export interface FickleAgentOptions {
  readonly name: string;
  readonly address: () => string;
  readonly adminKey: string;
  readonly history: WorkHistory;
  readonly random: Random;
  /** After this time a lease is over, whatever the agent thinks. */
  readonly lateMs: number;
}

/** An agent as agents are: it dies, answers twice, too late or never. Writes down what it was given and what it was told. */
export class FickleAgent {
  #identity: Identity | undefined;
  #isStopping = false;
  #isAsleep = false;
  readonly #pending = new Set<Promise<void>>();
  #loops: readonly Promise<void>[] = [];

  constructor(private readonly options: FickleAgentOptions) {}

  async start(): Promise<void> {
    await this.#register();
    this.#loops = [this.#beat(), this.#work()];
  }

  /** Neither works nor beats, as a process that was stopped; what it holds is lost. */
  sleep(): void {
    this.#isAsleep = true;
  }

  wake(): void {
    this.#isAsleep = false;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.all(this.#loops);
    await Promise.all(this.#pending);
  }

  async #register(): Promise<void> {
    const { name, adminKey } = this.options;
    const body = { name, type: 'worker', capabilities: ['soak'], max_tasks: 20 };
    let answer = await this.#send('POST', '/api/v1/agents/register', adminKey, body);
    while (answer?.status !== 201) {
      await delay(RETRY_MS);
      answer = await this.#send('POST', '/api/v1/agents/register', adminKey, body);
    }
    this.#identity = answer.body as unknown as Identity;
  }

  async #beat(): Promise<void> {
    while (!this.#isStopping) {
      const { id, token } = this.#known();
      const answer = this.#isAsleep
        ? undefined
        : await this.#send('POST', `/api/v1/agents/${id}/heartbeat`, token, { current_load: 0.5 });
      const nextS = Number(answer?.body['next_heartbeat_s'] ?? 1);
      await this.#wait(Math.min(nextS, 5) * 1_000);
    }
  }

  async #work(): Promise<void> {
    while (!this.#isStopping) {
      const { id, token } = this.#known();
      const answer = this.#isAsleep
        ? undefined
        : await this.#send('POST', `/api/v1/agents/${id}/lease`, token, { max: 10, wait_s: LEASE_WAIT_S });
      const tasks = (answer?.body['tasks'] ?? []) as readonly LeasedTask[];
      for (const task of tasks) this.#take(task);
      if (answer?.status !== 200) await delay(RETRY_MS);
    }
  }

  #take(task: LeasedTask): void {
    const { history, name } = this.options;
    history.handed.push({
      taskId: task.task_id,
      leaseToken: task.lease_token,
      attempt: task.attempt,
      agent: name,
    });
    const done = this.#treat(task).finally(() => this.#pending.delete(done));
    this.#pending.add(done);
  }

  async #treat(task: LeasedTask): Promise<void> {
    const behaviour = this.#chosen();
    if (behaviour === 'neverAnswers' || this.#isAsleep) return;
    if (behaviour === 'answersTooLate') await this.#wait(this.options.lateMs);
    await this.#tell(task, behaviour === 'failsForNow' ? 'fail' : 'complete');
    if (behaviour === 'completesTwice') await this.#tell(task, 'complete');
  }

  async #wait(forMs: number): Promise<void> {
    const untilMs = performance.now() + forMs;
    while (!this.#isStopping && performance.now() < untilMs) await delay(RETRY_MS);
  }

  async #tell(
    { task_id: taskId, lease_token: leaseToken }: LeasedTask,
    kind: 'complete' | 'fail',
  ): Promise<void> {
    const body =
      kind === 'complete'
        ? { lease_token: leaseToken, result: { by: leaseToken } }
        : { lease_token: leaseToken, error: { code: 'not_now', message: 'Not now.' }, retryable: true };
    const answer = await this.#send('POST', `/api/v1/tasks/${taskId}/${kind}`, this.#known().token, body);
    const code = answer?.body['code'];
    this.options.history.told.push({
      ...{ taskId, leaseToken, kind },
      answer:
        answer === undefined || answer.status >= 500
          ? 'unknown'
          : answer.status < 300
            ? 'acknowledged'
            : 'refused',
      ...(typeof code === 'string' ? { code } : {}),
    });
  }

  #chosen(): Behaviour {
    let at = this.options.random.between(1, 100);
    for (const [behaviour, share] of Object.entries(BEHAVIOURS)) {
      at -= share;
      if (at <= 0) return behaviour as Behaviour;
    }
    return 'completes';
  }

  #known(): Identity {
    if (this.#identity === undefined) throw new Error('The agent is not registered.');
    return this.#identity;
  }

  /** Nothing when nobody answered: faults are what this is about. */
  async #send(
    method: string,
    path: string,
    bearer: string,
    body: object,
  ): Promise<{ readonly status: number; readonly body: Record<string, unknown> } | undefined> {
    try {
      const response = await fetch(this.options.address() + path, {
        method,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(REQUEST_LIMIT_MS),
      });
      const text = await response.text();
      return {
        status: response.status,
        body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      };
    } catch {
      return undefined;
    }
  }
}
