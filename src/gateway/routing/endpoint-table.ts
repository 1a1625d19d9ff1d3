import { Logger } from '@nestjs/common';
import { type Clock, isName, isSameJson } from '@app/kernel';
import { SingleFlight, withTimeout } from '@app/resilience';
import { EndpointUnknownError, RoutingUnavailableError } from '../domain/gateway.errors';
import { type EndpointContent } from '../domain/virtual-endpoint';
import { AskBudget } from './ask-budget';
import { type EndpointSource, type NamedEndpoint } from './endpoint.source';

/** A caller waits this long for news of one name; then memory answers. */
const ASK_LIMIT_MS = 1_000;
const ASKS_PER_SECOND_MAX = 50;

export type EndpointListener = (name: string) => void;

/** Every virtual endpoint in memory, so that the data path goes on while the database is away. */
export class EndpointTable {
  private readonly logger = new Logger(EndpointTable.name);
  private readonly listeners = new Set<EndpointListener>();
  private readonly asks = new SingleFlight<string, void>();
  private readonly budget: AskBudget;
  private byName = new Map<string, EndpointContent>();
  private confirmedAtMs = Number.NEGATIVE_INFINITY;
  /** Looks are made one after the other: the answer of an older one can then never replace that of a newer one. */
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: EndpointSource,
    private readonly clock: Clock,
    private readonly maxStalenessMs: number,
  ) {
    this.budget = new AskBudget(ASKS_PER_SECOND_MAX, clock);
  }

  get isLoaded(): boolean {
    return this.confirmedAtMs !== Number.NEGATIVE_INFINITY;
  }

  /** From memory alone. The object stays the same for as long as the endpoint does. */
  find(name: string): EndpointContent | undefined {
    return this.byName.get(name);
  }

  /** Asks the database, once and shortly, for a name that memory does not know. */
  async resolve(name: string): Promise<EndpointContent> {
    this.demandFreshness();
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    if (isName(name) && this.budget.admits()) await this.ask(name);
    const found = this.byName.get(name);
    if (found === undefined) throw new EndpointUnknownError(name);
    return found;
  }

  /** Told of each endpoint that came, changed or went. Returns the way to stop. */
  onChange(listener: EndpointListener): () => void {
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
    };
  }

  loadAll(): Promise<void> {
    return this.inTurn(async () => {
      const startedAtMs = this.clock.monotonicMs();
      const endpoints = await this.source.all();
      const present = new Set(endpoints.map(({ name }) => name));
      for (const name of [...this.byName.keys()]) if (!present.has(name)) this.remove(name);
      for (const endpoint of endpoints) this.put(endpoint);
      this.confirmedAtMs = startedAtMs;
    });
  }

  refresh(name: string): Promise<void> {
    return this.inTurn(async () => {
      const endpoint = await this.source.byName(name);
      if (endpoint === undefined) this.remove(name);
      else this.put(endpoint);
    });
  }

  private inTurn(look: () => Promise<void>): Promise<void> {
    const turn = this.last.then(look);
    this.last = turn.catch(() => undefined); // Who asked is told; the next one in line does not care.
    return turn;
  }

  private async ask(name: string): Promise<void> {
    try {
      await this.asks.run(name, () => withTimeout(ASK_LIMIT_MS, () => this.refresh(name)));
    } catch (error) {
      this.logger.debug(`no news of endpoint "${name}": ${String(error)}`);
    }
  }

  private demandFreshness(): void {
    if (!this.isLoaded) throw new RoutingUnavailableError('The list of endpoints was not loaded yet.');
    if (this.clock.monotonicMs() - this.confirmedAtMs > this.maxStalenessMs)
      throw new RoutingUnavailableError('The list of endpoints could not be confirmed for too long.');
  }

  private put({ name, content }: NamedEndpoint): void {
    const known = this.byName.get(name);
    if (known !== undefined && isSameJson(known, content)) return;
    this.byName.set(name, content);
    this.tell(name);
  }

  private remove(name: string): void {
    if (this.byName.delete(name)) this.tell(name);
  }

  private tell(name: string): void {
    for (const listener of this.listeners) listener(name);
  }
}
