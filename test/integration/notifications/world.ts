import { randomUUID } from 'node:crypto';
import { Test, type TestingModule } from '@nestjs/testing';
import { Lead } from '@app/database';
import { DEFAULT_WORKSPACE_ID, type JsonObject } from '@app/kernel';
import { EventAppender, OutboxRelay } from '@app/outbox';
import { PubSub, type QueueSet } from '@app/queues';
import { createLogger, requestContext, systemScope } from '@app/telemetry';
import { eventually } from '@app/testing';
import {
  DeliverySchedule,
  NotificationsApiModule,
  NotificationsOptions,
  NotificationsWorkerModule,
  notificationReactions,
} from '../../../src/notifications';
import { NotificationWorker } from '../../../src/notifications/delivery/notification.worker';
import { DueDeliveries } from '../../../src/notifications/persistence/due-deliveries';
import { type DeliveryTimes } from '../../../src/notifications/domain/delivery-schedule';
import { ControlPlane } from '../control-plane';

export const INSTALLATION = 'a7c3';
export const PUBLIC_URL = 'https://quayside.example.com';
const WAIT = { deadlineMs: 60_000 };
/** The same steps in a moment. */
const AT_ONCE = [10, 10, 10];

export interface Notification extends Record<string, unknown> {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly attempts: number;
  readonly target: string;
  readonly body: JsonObject;
  readonly tries: readonly Readonly<Record<string, unknown>>[];
}

export interface WorldOptions {
  readonly smtpUrl?: string;
  readonly times?: Partial<DeliveryTimes>;
}

/** The API and the worker of notifications on a real database: what is told goes through the outbox, as in the product. */
export class NotificationWorld {
  private constructor(
    readonly plane: ControlPlane,
    readonly worker: TestingModule,
    private readonly relay: OutboxRelay,
  ) {}

  static async start({ smtpUrl, times = {} }: WorldOptions = {}): Promise<NotificationWorld> {
    const options = new NotificationsOptions(
      smtpUrl,
      'Quayside <quay@example.com>',
      PUBLIC_URL,
      INSTALLATION,
    );
    const plane = await ControlPlane.start({
      localMode: true,
      contexts: [NotificationsApiModule],
      options: [options],
    });
    const schedule = new DeliverySchedule({ retryDelaysMs: AT_ONCE, ...times }, () => 0.5);
    const worker = await Test.createTestingModule({ imports: [plane.platform, NotificationsWorkerModule] })
      .overrideProvider(DeliverySchedule)
      .useValue(schedule)
      .compile();
    const look = worker.get(NotificationWorker, { strict: false });
    const queues: Pick<QueueSet, 'add'> = { add: () => look.look() };
    const relay = new OutboxRelay({
      db: plane.db,
      lead: new Lead(plane.db, { name: 'worker' }),
      queues,
      pubsub: plane.app.get(PubSub),
      reactions: notificationReactions,
      log: createLogger({ level: 'error', role: 'test' }),
    });
    await worker.init();
    relay.start();
    return new NotificationWorld(plane, worker, relay);
  }

  async stop(): Promise<void> {
    await this.relay.stop();
    await this.worker.close();
    await this.plane.stop();
  }

  /** Events of one run and of nothing else. */
  run(data: JsonObject = {}): { readonly id: string; tell(name: string, more?: JsonObject): Promise<void> } {
    const id = randomUUID();
    const facts = { run_id: id, pipeline_id: randomUUID(), pipeline_name: 'nightly', version: 1, ...data };
    return { id, tell: (name, more = {}) => this.tell(name, id, { ...facts, ...more }) };
  }

  async tell(
    name: string,
    aggregateId: string,
    data: JsonObject,
    workspaceId = DEFAULT_WORKSPACE_ID,
  ): Promise<void> {
    const events = this.plane.app.get(EventAppender);
    const event = { name, aggregateType: 'runs', aggregateId, data, occurredAt: new Date() };
    await requestContext.run(systemScope('test'), () =>
      this.plane.db.transaction(() => events.append([event], { workspaceId })),
    );
    this.relay.nudge();
  }

  /** A run that was started with addresses of its own. */
  async wish(runId: string, notification: JsonObject): Promise<void> {
    await this.plane.db.execute(
      `INSERT INTO pipeline_run (id, workspace_id, pipeline_id, pipeline_name, version, cause, input, parameters, notification,
                                 total, started_by, correlation_id)
       VALUES ($1, $2, gen_random_uuid(), 'nightly', 1, 'api', '{}', '{}', $3::jsonb, 1, 'user:test', 'test')`,
      [runId, DEFAULT_WORKSPACE_ID, JSON.stringify(notification)],
    );
  }

  async webhook(
    url: string,
    more: JsonObject = {},
  ): Promise<{ readonly id: string; readonly secret: string }> {
    const { status, body } = await this.plane.request<{ id: string; secret: string }>(
      'POST',
      '/api/v1/webhooks',
      { url, ...more },
    );
    expect([status, body]).toEqual([201, body]);
    return body;
  }

  async list(query: string): Promise<readonly Notification[]> {
    const { body } = await this.plane.request<{ notifications: Notification[] }>(
      'GET',
      `/api/v1/notifications?${query}`,
    );
    return body.notifications;
  }

  async get(id: string): Promise<Notification> {
    return (await this.plane.request<Notification>('GET', `/api/v1/notifications/${id}`)).body;
  }

  /** The only message that the query finds, once it is as it shall be. */
  settled(query: string, expected: Readonly<Record<string, unknown>>): Promise<Notification> {
    return eventually(async () => {
      const found = await this.list(query);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject(expected);
      return this.get(found[0]?.id ?? '');
    }, WAIT);
  }

  /** As after many failures in a row: nothing goes to the address before. */
  async leaveAlone(targetId: string, until: string): Promise<void> {
    await this.plane.db.execute(
      `UPDATE notification_target SET failures = 5, closed_until = now() + $2::interval WHERE id = $1`,
      [targetId, until],
    );
  }

  /** Of each message for an address, whether somebody carries it now. */
  async underWay(targetId: string): Promise<readonly boolean[]> {
    const rows = await this.plane.db.query<{ held: boolean }>(
      `SELECT coalesce(lease_until > now(), false) AS held FROM notification_delivery WHERE target_id = $1 ORDER BY 1`,
      [targetId],
    );
    return rows.map(({ held }) => held);
  }

  /** So many other workers look for something to do, at the same time. */
  async claimByOthers(count: number): Promise<void> {
    const others = Array.from({ length: count }, () => new DueDeliveries(this.plane.db));
    const claim = { channel: 'webhook', limit: 5, perTarget: 2, busy: [] } as const;
    await Promise.all(others.map((one) => one.claim(claim)));
  }

  until(check: () => Promise<void> | void): Promise<void> {
    return eventually(check, WAIT);
  }
}
