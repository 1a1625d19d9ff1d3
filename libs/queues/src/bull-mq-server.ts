import {
  BaseRpcContext,
  Server,
  type CustomTransportStrategy,
  type MessageHandler,
} from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';

import { type QueueBackend } from './queue-backend';
import { QueueConsumer, type ConsumerState, type MessageMeta } from './queue-consumer';
import { type QueueSet } from './queue-set';

const DEFAULT_CONCURRENCY = 8;
const DEFAULT_GRACE_MS = 20_000;

export interface BullMqServerOptions {
  /** Messages in work at once per queue; queues that are not named get `default`. */
  readonly concurrency?: Readonly<Record<string, number>>;
  /** How long `close` waits for messages in work. */
  readonly graceMs?: number;
  readonly onState?: (queue: string, state: ConsumerState) => void;
  /** Only these of all patterns are queues: those of other transports of the application are not. */
  readonly queues?: readonly string[];
  /** Sends the canaries of all consumers. */
  readonly sender?: QueueSet;
}

/** What a handler gets as `@Ctx()`. */
export class QueueContext extends BaseRpcContext<[string, MessageMeta]> {
  get queue(): string {
    return this.getArgs()[0];
  }
  get meta(): MessageMeta {
    return this.getArgs()[1];
  }
}

/**
 * Queues as a transport of Nest: each `@MessagePattern(<queue name>)` becomes one consumer. The microservice needs
 * `KeepErrorFilter`, or every failure is called "Internal server error" and tried again.
 */
export class BullMqServer extends Server implements CustomTransportStrategy {
  readonly #consumers = new Map<string, QueueConsumer>();

  constructor(
    private readonly backend: QueueBackend,
    private readonly options: BullMqServerOptions = {},
  ) {
    super();
  }

  listen(callback: (error?: unknown) => void): void {
    for (const [queue, handler] of this.messageHandlers) {
      if (this.options.queues?.includes(queue) === false) continue;
      if (handler.isEventHandler === true) {
        callback(new Error(`${queue}: use @MessagePattern; the outcome of an @EventPattern is lost`));
        return;
      }
      this.#consumers.set(queue, this.#consumer(queue, handler));
    }
    for (const consumer of this.#consumers.values()) consumer.start();
    callback();
  }

  async close(): Promise<void> {
    const consumers = [...this.#consumers.values()];
    this.#consumers.clear();
    await Promise.all(consumers.map((consumer) => consumer.stop(this.options.graceMs ?? DEFAULT_GRACE_MS)));
  }

  /** Per queue, for health and readiness. */
  states(): ReadonlyMap<string, ConsumerState> {
    return new Map([...this.#consumers].map(([queue, consumer]) => [queue, consumer.state()]));
  }

  on(event: string): never {
    throw new Error(`there is no event "${event}": ask states(), or pass onState`);
  }

  // The caller names the type, as the framework's signature wants it.
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- given by the abstract class
  unwrap<T>(): T {
    return this.#consumers as T;
  }

  #consumer(queue: string, handler: MessageHandler): QueueConsumer {
    const { concurrency = {}, onState, sender } = this.options;
    return new QueueConsumer(this.backend, {
      queue,
      concurrency: concurrency[queue] ?? concurrency['default'] ?? DEFAULT_CONCURRENCY,
      handle: async (data, meta) => {
        const context = new QueueContext([queue, meta]);
        const outcome: unknown = await handler(data, context);
        await lastValueFrom(this.transformToObservable(outcome), { defaultValue: undefined });
      },
      ...(sender === undefined ? {} : { sender }),
      ...(onState === undefined
        ? {}
        : {
            onState: (state) => {
              onState(queue, state);
            },
          }),
    });
  }
}
