import { Logger } from '@nestjs/common';
import { type Clock, isName, isSameJson, type Scope } from '@app/kernel';
import { SingleFlight, withTimeout } from '@app/resilience';
import { EndpointUnknownError, RoutingUnavailableError } from '../domain/gateway.errors';
import { type EndpointContent } from '../domain/virtual-endpoint';
import { AskBudget } from './ask-budget';
import { type EndpointSource, type NamedEndpoint } from './endpoint.source';

/** A caller waits this long for news of one name; then memory answers. */
const ASK_LIMIT_MS = 1_000;
const ASKS_PER_SECOND_MAX = 50;

export type EndpointListener = (scope: Scope, name: string) => void;

/** No id of a workspace has a blank, and no name either. */
const keyOf = ({ workspaceId }: Scope, name: string): string => `${workspaceId} ${name}`;

/** Every virtual endpoint in memory, so that the data path goes on while the database is away. */
export class EndpointTable {
  private readonly logger = new Logger(EndpointTable.name);
  private readonly listeners = new Set<EndpointListener>();
  private readonly asks = new SingleFlight<string, void>();
  private readonly budget: AskBudget;
  private readonly byKey = new Map<string, NamedEndpoint>();
  private confirmedAtMs = Number.NEGATIVE_INFINITY;
  /** Looks are made one after the other: the answer of an older one can then never replace that of a newer one. */
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: EndpointSource,
    private readonly clock: Clock,
    private readonly options: { readonly maxStalenessMs: number },
  ) {
    this.budget = new AskBudget(ASKS_PER_SECOND_MAX, clock);
  }

  get isLoaded(): boolean {
    return this.confirmedAtMs !== Number.NEGATIVE_INFINITY;
  }

  /** False before the first look, and after the longest time that memory may stand in for the truth. */
  get isUsable(): boolean {
    return this.isLoaded && this.clock.monotonicMs() - this.confirmedAtMs <= this.options.maxStalenessMs;
  }

  /** From memory alone. The object stays the same for as long as the endpoint does. */
  find(scope: Scope, name: string): EndpointContent | undefined {
    return this.byKey.get(keyOf(scope, name))?.content;
  }

  /** Asks the database, once and shortly, for a name that memory does not know. */
  async resolve(scope: Scope, name: string): Promise<EndpointContent> {
    this.demandFreshness();
    const known = this.find(scope, name);
    if (known !== undefined) return known;
    if (isName(name) && this.budget.admits()) await this.ask(scope, name);
    const found = this.find(scope, name);
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
      const present = new Set(endpoints.map((one) => keyOf(one, one.name)));
      for (const known of [...this.byKey.values()])
        if (!present.has(keyOf(known, known.name))) this.remove(known, known.name);
      for (const endpoint of endpoints) this.put(endpoint);
      this.confirmedAtMs = startedAtMs;
    });
  }

  refresh(scope: Scope, name: string): Promise<void> {
    return this.inTurn(async () => {
      const endpoint = await this.source.byName(scope, name);
      if (endpoint === undefined) this.remove(scope, name);
      else this.put(endpoint);
    });
  }

  private inTurn(look: () => Promise<void>): Promise<void> {
    const turn = this.last.then(look);
    this.last = turn.catch(() => undefined); // Who asked is told; the next one in line does not care.
    return turn;
  }

  private async ask(scope: Scope, name: string): Promise<void> {
    try {
      await this.asks.run(keyOf(scope, name), () =>
        withTimeout(ASK_LIMIT_MS, () => this.refresh(scope, name)),
      );
    } catch (error) {
      this.logger.debug(`no news of endpoint "${name}": ${String(error)}`);
    }
  }

  private demandFreshness(): void {
    if (!this.isLoaded) throw new RoutingUnavailableError('The list of endpoints was not loaded yet.');
    if (!this.isUsable)
      throw new RoutingUnavailableError('The list of endpoints could not be confirmed for too long.');
  }

  private put(endpoint: NamedEndpoint): void {
    const { name, content } = endpoint;
    const known = this.find(endpoint, name);
    if (known !== undefined && isSameJson(known, content)) return;
    this.byKey.set(keyOf(endpoint, name), endpoint);
    this.tell(endpoint, name);
  }

  private remove(scope: Scope, name: string): void {
    if (this.byKey.delete(keyOf(scope, name))) this.tell(scope, name);
  }

  private tell({ workspaceId }: Scope, name: string): void {
    for (const listener of this.listeners) listener({ workspaceId }, name);
  }
}
