/** Of one agent: more mean that it forgets what it asked, and the oldest is answered. */
const PER_AGENT_MAX = 20;

interface Waiting {
  readonly agentId: string;
  readonly wake: () => void;
  /** It stands in the database: when it does not any more, it has its answer. */
  isStored: boolean;
}

/** Who waits in this process for an answer. */
export class WaitingAsks {
  private readonly byId = new Map<string, Waiting>();
  private readonly byAgent = new Map<string, Set<string>>();

  get ids(): readonly string[] {
    return [...this.byId.keys()];
  }

  get storedIds(): readonly string[] {
    return [...this.byId].flatMap(([id, { isStored }]) => (isStored ? [id] : []));
  }

  get size(): number {
    return this.byId.size;
  }

  /** Until it is woken, the time is up or the signal says so. */
  async wait(
    ask: { readonly id: string; readonly agentId: string },
    ms: number,
    signal: AbortSignal,
  ): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.remove(ask);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      signal.addEventListener('abort', wake, { once: true });
      this.add(ask, wake);
    });
  }

  stored(id: string): void {
    const waiting = this.byId.get(id);
    if (waiting !== undefined) waiting.isStored = true;
  }

  /** Whether it waits here. */
  wake(id: string): boolean {
    const waiting = this.byId.get(id);
    waiting?.wake();
    return waiting !== undefined;
  }

  wakeAll(): void {
    for (const { wake } of [...this.byId.values()]) wake();
  }

  private add({ id, agentId }: { readonly id: string; readonly agentId: string }, wake: () => void): void {
    const own = this.byAgent.get(agentId) ?? new Set();
    this.byAgent.set(agentId, own);
    const [oldest] = own;
    if (own.size >= PER_AGENT_MAX && oldest !== undefined) this.wake(oldest);
    own.add(id);
    this.byId.set(id, { agentId, wake, isStored: false });
  }

  private remove({ id, agentId }: { readonly id: string; readonly agentId: string }): void {
    this.byId.delete(id);
    const own = this.byAgent.get(agentId);
    own?.delete(id);
    if (own?.size === 0) this.byAgent.delete(agentId);
  }
}
