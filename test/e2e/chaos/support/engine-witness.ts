import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';

interface EngineEvent {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

/** Hears from the engine itself what starts and what ends, so that a second container is seen however shortly it lived. */
export class EngineWitness {
  readonly #running = new Map<string, Set<string>>();
  readonly #most = new Map<string, number>();

  private constructor(private readonly stream: IncomingMessage) {
    createInterface({ input: stream }).on('line', (line) => {
      this.#hear(JSON.parse(line) as EngineEvent);
    });
  }

  static async start(socketPath: string): Promise<EngineWitness> {
    const filters = JSON.stringify({
      type: ['container'],
      event: ['start', 'die'],
      label: ['quayside.instance'],
    });
    const asked = request({ socketPath, path: `/events?filters=${encodeURIComponent(filters)}` });
    asked.end();
    const [stream] = (await once(asked, 'response')) as [IncomingMessage];
    // The witness goes before the engine does; what it has not heard by then is asked of nobody.
    stream.on('error', () => undefined);
    return new EngineWitness(stream);
  }

  /** How many containers of an instance ran at the same moment, at most. */
  mostAtOnce(instanceId: string): number {
    return this.#most.get(instanceId) ?? 0;
  }

  stop(): void {
    this.stream.destroy();
  }

  #hear({ Action, Actor }: EngineEvent): void {
    const instance = Actor.Attributes['quayside.instance'] ?? '';
    const running = this.#running.get(instance) ?? new Set();
    this.#running.set(instance, running);
    if (Action === 'start') running.add(Actor.ID);
    else running.delete(Actor.ID);
    this.#most.set(instance, Math.max(running.size, this.mostAtOnce(instance)));
  }
}
