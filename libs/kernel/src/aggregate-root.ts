import { type DomainEvent } from './domain-event';

/** Collects the events of one change until the repository stores them with the state. */
export abstract class AggregateRoot {
  #pending: DomainEvent[] = [];

  protected record(event: DomainEvent): void {
    this.#pending.push(event);
  }

  /** Called once by the repository, inside the transaction that stores the state. */
  takeEvents(): readonly DomainEvent[] {
    const events = this.#pending;
    this.#pending = [];
    return events;
  }
}
