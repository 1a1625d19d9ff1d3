import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { isUuid } from '@app/kernel';
import { NOTIFIABLE_EVENTS } from '../domain/notifiable';
import { NotificationsOptions } from '../notifications.options';
import { EVENTS_AT_ONCE, EventLog } from '../persistence/event-log';
import { type NewDelivery, NewDeliveries } from '../persistence/new-deliveries';
import { cloudEventOf, type LoggedEvent } from './cloud-event';
import { planDeliveries, type RunWish, type Subscriber } from './plan-deliveries';

/** Steps of one call; whoever is further behind goes on at the next. */
const STEPS_MAX = 50;

/**
 * Walks along the log of events and makes messages of them. The position moves in the transaction that stores the messages, so
 * that each event is looked at once and in order, whoever does it and wherever it breaks off.
 */
@Injectable()
export class EventFollower {
  constructor(
    private readonly db: Database,
    private readonly log: EventLog,
    private readonly deliveries: NewDeliveries,
    private readonly options: NotificationsOptions,
  ) {}

  /** Answers whether there are new messages. */
  async catchUp(): Promise<boolean> {
    let made = 0;
    for (let steps = 0; steps < STEPS_MAX; steps += 1) {
      const { looked, planned } = await this.db.transaction(() => this.step());
      made += planned;
      if (looked < EVENTS_AT_ONCE) break;
    }
    return made > 0;
  }

  private async step(): Promise<{ readonly looked: number; readonly planned: number }> {
    const after = await this.log.lock();
    const upto = after === undefined ? undefined : await this.log.endAfter(after);
    if (after === undefined || upto === undefined) return { looked: 0, planned: 0 };
    const events = await this.log.between(after, upto, NOTIFIABLE_EVENTS);
    const planned = events.length === 0 ? [] : await this.plan(events);
    await this.deliveries.insert(planned);
    await this.log.moveTo(upto);
    // Numbers may have holes: it is a full step when it may have been one.
    return { looked: upto - after, planned: planned.length };
  }

  private async plan(events: readonly LoggedEvent[]): Promise<readonly NewDelivery[]> {
    const subscribers = await this.log.subscribers([
      ...new Set(events.map(({ workspaceId }) => workspaceId)),
    ]);
    const wishes = await this.log.wishes([...new Set(events.flatMap((event) => runOf(event) ?? []))]);
    return events.flatMap((event) => this.messagesOf(event, subscribers, wishes));
  }

  private messagesOf(
    event: LoggedEvent,
    subscribers: readonly Subscriber[],
    wishes: ReadonlyMap<string, RunWish>,
  ): readonly NewDelivery[] {
    const runId = runOf(event);
    const planned = planDeliveries(event, subscribers, runId === null ? undefined : wishes.get(runId));
    if (planned.length === 0) return [];
    const body = JSON.stringify(cloudEventOf(event, this.options));
    return planned.map((one) => ({
      ...one,
      ...{ workspaceId: event.workspaceId, position: event.sequence, eventId: event.id, event: event.name },
      ...{ subject: `${event.aggregateType}/${event.aggregateId}`, runId, body },
    }));
  }
}

function runOf({ data }: LoggedEvent): string | null {
  const id = data['run_id'];
  return typeof id === 'string' && isUuid(id) ? id : null;
}
