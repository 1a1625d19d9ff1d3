import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { Database } from '@app/database';
import { isUuid, type JsonObject } from '@app/kernel';
import { EventAppender } from '@app/outbox';
import { PubSub } from '@app/queues';
import { requestContext, systemScope } from '@app/telemetry';
import { RoutingUnavailableError } from '../domain/gateway.errors';
import { type Route } from '../routing/route';
import { type ToolJudge } from '../upstream/upstream';
import { toolQuarantined } from './pin.events';
import { type Pins, PinStore } from './pin.store';
import { type Pin, sift, type Sifted } from './sift';
import { printOf } from './tool-print';

/** Covers every notice that was lost. */
const RELOAD_EVERY_MS = 60_000;
const RETRY_MS = 1_000;
const FIRST_SIGHT = 'system:first-sight';

export type PinListener = (instanceId: string) => void;

/**
 * Holds what servers say of their tools against what was approved. A tool that says something else is not offered from the
 * list on in which it does, whether the database answers or not; everything else of the server goes on.
 */
@Injectable()
export class ToolPins implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(ToolPins.name);
  private readonly listeners = new Set<PinListener>();
  private pins: Pins | undefined;
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => Promise<void>) | undefined;
  private isStopped = false;

  constructor(
    private readonly store: PinStore,
    private readonly db: Database,
    private readonly events: EventAppender,
    private readonly pubsub: PubSub,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    try {
      this.unsubscribe = await this.pubsub.subscribe(CHANNELS.toolPins, (instanceId) => {
        if (isUuid(instanceId)) this.follow(instanceId);
      });
    } catch (error) {
      this.logger.warn(
        `pins of tools are noticed every ${String(RELOAD_EVERY_MS)} ms only: ${String(error)}`,
      );
    }
    await this.reload();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.unsubscribe?.();
  }

  /** While nobody knows, every server is taken for one whose lists must be looked at. */
  isPinned(instanceId: string): boolean {
    return this.pins === undefined || this.pins.has(instanceId);
  }

  judgeOf(route: Route): ToolJudge {
    return {
      isPinned: () => this.isPinned(route.instanceId),
      sift: (tools) => this.sift(route, tools),
    };
  }

  /** What may be offered; the rest is in quarantine when this returns. */
  private sift<T extends JsonObject>(route: Route, tools: readonly T[]): readonly T[] {
    if (this.pins === undefined)
      throw new RoutingUnavailableError('It is not known yet which tools are pinned.');
    const pins = this.pins.get(route.instanceId);
    if (pins === undefined) return tools;
    const sifted = sift(tools.flatMap(printOf), pins);
    this.note(route, pins, sifted);
    const changed = new Set(sifted.changed.map(({ tool }) => tool));
    return changed.size === 0
      ? tools
      : tools.filter(({ name }) => typeof name !== 'string' || !changed.has(name));
  }

  /** Told of instances whose lists may say something else from now on. */
  onChange(listener: PinListener): void {
    this.listeners.add(listener);
  }

  /** Read again, here at once and elsewhere by a notice; called after a commit. */
  async announce(instanceId: string): Promise<void> {
    await this.refresh(instanceId);
    this.tell(instanceId);
  }

  private note(route: Route, pins: ReadonlyMap<string, Pin>, { fresh, news, calmed }: Sifted): void {
    if (fresh.length + news.length + calmed.length === 0) return;
    const next = new Map(pins);
    for (const { tool, sha256 } of fresh) next.set(tool, { approved: sha256 });
    for (const { tool, sha256 } of news)
      next.set(tool, { approved: pins.get(tool)?.approved ?? '', changed: sha256 });
    for (const tool of calmed) next.set(tool, { approved: pins.get(tool)?.approved ?? '' });
    this.put(route.instanceId, next);
    void requestContext.run(systemScope('tool-pinning'), () =>
      this.writeDown(route, { fresh, news, calmed }).catch((error: unknown) => {
        // The next list says it again.
        this.logger.warn(`what "${route.name}" changed of its tools is not written down: ${String(error)}`);
        this.follow(route.instanceId);
      }),
    );
  }

  private async writeDown(
    { instanceId, name, workspaceId }: Route,
    { fresh, news, calmed }: Pick<Sifted, 'fresh' | 'news' | 'calmed'>,
  ): Promise<void> {
    await this.db.transaction(async () => {
      await this.store.approveFirst(instanceId, fresh, FIRST_SIGHT);
      await this.store.release(instanceId, calmed);
      for (const print of news) {
        const approved = await this.store.quarantine(instanceId, print);
        if (approved === undefined) continue;
        const event = toolQuarantined({ instanceId, name, tool: print.tool, sha256: print.sha256, approved });
        await this.events.append([event], { workspaceId });
      }
    });
    for (const { tool } of news)
      this.logger.warn(`the tool "${tool}" of "${name}" changed and is in quarantine`);
    this.tell(instanceId);
  }

  private tell(instanceId: string): void {
    this.pubsub.publish(CHANNELS.toolPins, instanceId).catch((error: unknown) => {
      this.logger.debug(`the notice of pins of ${instanceId} was lost: ${String(error)}`);
    });
  }

  private follow(instanceId: string): void {
    this.refresh(instanceId).catch((error: unknown) => {
      this.logger.debug(`pins of ${instanceId} stay as they are: ${String(error)}`);
    });
  }

  private async refresh(instanceId: string): Promise<void> {
    const found = (await this.store.load(instanceId)).get(instanceId);
    if (!isSamePins(this.pins?.get(instanceId), found)) {
      this.put(instanceId, found);
      for (const listener of this.listeners) listener(instanceId);
    }
  }

  private put(instanceId: string, pins: ReadonlyMap<string, Pin> | undefined): void {
    const next = new Map(this.pins);
    if (pins === undefined) next.delete(instanceId);
    else next.set(instanceId, pins);
    this.pins = next;
  }

  /** Never rejects; plans the next one. */
  private async reload(): Promise<void> {
    try {
      const before = this.pins;
      const found = await this.store.load();
      this.pins = found;
      for (const id of new Set([...(before?.keys() ?? []), ...found.keys()]))
        if (!isSamePins(before?.get(id), found.get(id))) for (const listener of this.listeners) listener(id);
    } catch (error) {
      this.logger.debug(`pins of tools stay as they are: ${String(error)}`);
    }
    if (this.isStopped) return;
    this.timer = setTimeout(
      () => void this.reload(),
      this.pins === undefined ? RETRY_MS : RELOAD_EVERY_MS,
    ).unref();
  }
}

function isSamePins(
  one: ReadonlyMap<string, Pin> | undefined,
  other: ReadonlyMap<string, Pin> | undefined,
): boolean {
  if (one === undefined || other === undefined) return one === other;
  return (
    one.size === other.size &&
    [...one].every(([tool, { approved, changed }]) => {
      const pin = other.get(tool);
      return pin?.approved === approved && pin.changed === changed;
    })
  );
}
