interface Flight {
  readonly done: Promise<void>;
  next?: Promise<void>;
}

/**
 * At most one piece of work per key at a time. Whoever comes while it is done shares one more that begins afterwards: it may
 * be about something the first one did not see. Entries go with the work, so there are as many as there is work.
 */
export class OnePerKey {
  private readonly flights = new Map<string, Flight>();

  run(key: string, work: () => Promise<void>): Promise<void> {
    const flight = this.flights.get(key);
    if (flight === undefined) return this.start(key, work);
    flight.next ??= flight.done.catch(() => undefined).then(() => this.run(key, work));
    return flight.next;
  }

  private start(key: string, work: () => Promise<void>): Promise<void> {
    const done = work().finally(() => {
      this.flights.delete(key);
    });
    this.flights.set(key, { done });
    return done;
  }
}
