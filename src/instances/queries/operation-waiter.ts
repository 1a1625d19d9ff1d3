import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { PubSub, type Unsubscribe } from '@app/queues';
import { HeldRequests } from '../../identity';
import { type InstanceScope } from '../domain/instance-scope';
import { isTerminal } from '../domain/operation';
import { OperationQueries, type OperationView } from './operation-queries';

/** A notice may be lost; this is how late one then is. */
const POLL_MS = 1_000;

/** Waits for operations, for callers that asked to; woken by notices, so that a wait costs next to nothing. */
@Injectable()
export class OperationWaiter implements BeforeApplicationShutdown, OnApplicationShutdown {
  private readonly logger = new Logger(OperationWaiter.name);
  /** One entry per waiting request; requests are bounded by the HTTP server. */
  private readonly waiting = new Map<() => void, string>();
  private subscription: Promise<Unsubscribe | undefined> | undefined;
  private isStopping = false;

  constructor(
    private readonly operations: OperationQueries,
    private readonly pubsub: PubSub,
    private readonly held: HeldRequests,
  ) {}

  /** Before the HTTP server closes: it would wait for them. They are answered with what is known. */
  beforeApplicationShutdown(): void {
    this.isStopping = true;
    for (const wake of this.waiting.keys()) wake();
  }

  async onApplicationShutdown(): Promise<void> {
    const unsubscribe = await this.subscription;
    await unsubscribe?.();
  }

  /** The operation as it is when it has ended, or when the time is up. */
  async wait(scope: InstanceScope, operationId: string, seconds: number): Promise<OperationView> {
    this.subscription ??= this.subscribe();
    await this.subscription;
    let until = performance.now() + seconds * 1_000;
    const release = this.held.hold('instances:read', () => {
      until = 0;
    });
    try {
      for (;;) {
        const operation = await this.operations.get(scope, operationId);
        const leftMs = until - performance.now();
        if (isTerminal(operation.status) || leftMs <= 0 || this.isStopping) return operation;
        await this.notice(operation.resource_id, Math.min(leftMs, POLL_MS));
      }
    } finally {
      release();
    }
  }

  private notice(instanceId: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.waiting.set(wake, instanceId);
    });
  }

  private async subscribe(): Promise<Unsubscribe | undefined> {
    try {
      return await this.pubsub.subscribe(CHANNELS.instances, (id) => {
        for (const [wake, instanceId] of this.waiting) if (instanceId === id) wake();
      });
    } catch (error) {
      this.logger.warn(`waits are woken by polling only: ${String(error)}`);
      return undefined;
    }
  }
}
