import { type Logger } from '@nestjs/common';

type Listener = (payload: string) => void;

/** Listeners by channel; one that throws does not keep the others from hearing. */
export class Listeners {
  readonly #byChannel = new Map<string, Set<Listener>>();

  constructor(private readonly logger: Pick<Logger, 'error'>) {}

  get channels(): readonly string[] {
    return [...this.#byChannel.keys()];
  }

  /** Each call is a subscription of its own, even with the same function. */
  add(channel: string, listener: Listener): () => { readonly wasLast: boolean } {
    const own: Listener = (payload) => {
      listener(payload);
    };
    const listeners = this.#byChannel.get(channel) ?? new Set();
    this.#byChannel.set(channel, listeners.add(own));
    return () => {
      const wasLast = listeners.delete(own) && listeners.size === 0;
      if (wasLast) this.#byChannel.delete(channel);
      return { wasLast };
    };
  }

  tell(channel: string, payload: string): void {
    for (const listener of this.#byChannel.get(channel) ?? []) {
      try {
        listener(payload);
      } catch (error) {
        this.logger.error({ err: error, msg: `a listener of ${channel} failed` });
      }
    }
  }
}
