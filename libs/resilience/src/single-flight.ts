/** Callers who ask for the same thing at the same time share one answer, or one failure. Nothing is kept afterwards. */
export class SingleFlight<K, V> {
  readonly #flights = new Map<K, Promise<V>>();

  get size(): number {
    return this.#flights.size;
  }

  run(key: K, work: () => Promise<V>): Promise<V> {
    const flight = this.#flights.get(key);
    if (flight !== undefined) return flight;
    const started = this.start(key, work);
    this.#flights.set(key, started);
    return started;
  }

  private async start(key: K, work: () => Promise<V>): Promise<V> {
    // Yields first, so that the flight is in the map before its end can remove it.
    await Promise.resolve();
    try {
      return await work();
    } finally {
      this.#flights.delete(key);
    }
  }
}
