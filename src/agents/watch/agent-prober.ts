import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LookOut } from '@app/outbox';
import { PubSub } from '@app/queues';
import { EgressPolicy, guardedFetch } from '@app/security';
import { requestContext, systemScope } from '@app/telemetry';
import { HeardAgents } from '../presence/heard-agents';
import { PaceKeeper } from '../presence/pace-keeper';
import { type Beat } from '../presence/presence-rows';
import { probe } from './probe';
import { type DueProbe, ProbeRows } from './probe-rows';

/** Asked at the same time; a thousand agents are asked every twenty-five seconds, forty a second. */
const AT_ONCE = 64;
const MAX_ANSWER_BYTES = 64 * 1_024;
const FETCH_OPTIONS = {
  maxRedirects: 0,
  maxBodyBytes: MAX_ANSWER_BYTES,
  connectTimeoutMs: 2_000,
  connectionsPerHost: 4,
} as const;

/** Asks agents that give an address for it whether they live; a good answer counts as a heartbeat. */
@Injectable()
export class AgentProber implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AgentProber.name);
  private readonly fetch;
  private readonly lookOut: LookOut;

  constructor(
    private readonly rows: ProbeRows,
    private readonly heard: HeardAgents,
    private readonly pace: PaceKeeper,
    policy: EgressPolicy,
    pubsub: PubSub,
  ) {
    this.fetch = guardedFetch(policy, FETCH_OPTIONS);
    this.lookOut = new LookOut({
      ...{ name: 'agents', pubsub, look: () => this.look() },
      onFailure: (error) => {
        this.logger.debug(`agents were not asked: ${String(error)}`);
      },
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.lookOut.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.lookOut.stop();
    await this.fetch.close();
  }

  /** How many were asked. */
  pass(): Promise<number> {
    return requestContext.run(systemScope('agents'), async () => {
      const { intervalS } = await this.pace.pace();
      const due = await this.rows.take(intervalS, AT_ONCE);
      const beats = await Promise.all(due.map((one) => this.ask(one)));
      const good = beats.filter((beat) => beat !== undefined);
      if (good.length > 0) await this.heard.hear(good);
      return due.length;
    });
  }

  private async ask({ agentId, url }: DueProbe): Promise<Beat | undefined> {
    const answer = await probe(this.fetch, url);
    await this.rows.note(agentId, answer.error);
    if (answer.error !== null) return undefined;
    return { agentId, ...(answer.load === undefined ? {} : { load: answer.load }) };
  }

  /** Who was not asked for a failure is due again in an interval. */
  private async look(): Promise<number | undefined> {
    const { intervalS } = await this.pace.pace();
    const dueMs = await this.rows.dueMs(intervalS);
    if (dueMs === undefined || dueMs > 0) return dueMs;
    await this.pass();
    return 0;
  }
}
