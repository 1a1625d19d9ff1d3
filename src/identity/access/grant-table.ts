import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { PubSub } from '@app/queues';
import { type Grant, type Resource, type ResourceType } from '../domain/grant';
import { GrantStore, type PlacedGrant } from './grant.store';

/** How late a change is noticed whose notice was lost. Only a number is asked for. */
const POLL_EVERY_MS = 4_000;
const NONE: readonly Grant[] = [];

type ById = ReadonlyMap<string, readonly Grant[]>;

/** Every grant in memory, so that a decision asks no store; goes on with what it knows while the database is away. */
@Injectable()
export class GrantTable implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(GrantTable.name);
  private grants: ReadonlyMap<string, ById> = new Map();
  private seen: string | undefined;
  private stamp = 0;
  private timer: NodeJS.Timeout | undefined;
  private unsubscribe: (() => Promise<void>) | undefined;
  private looking: Promise<void> | undefined;
  private isStopped = false;
  private isFailing = false;

  constructor(
    private readonly store: GrantStore,
    private readonly pubsub: PubSub,
  ) {}

  get isLoaded(): boolean {
    return this.seen !== undefined;
  }

  /** Another number after each change: what was derived from the grants is kept with it. */
  get version(): number {
    return this.stamp;
  }

  of({ workspaceId, type, id }: Pick<Resource, 'workspaceId' | 'type' | 'id'>): readonly Grant[] {
    return this.within(workspaceId, type)?.get(id) ?? NONE;
  }

  /** All resources of a type that anything is said of. */
  within(workspaceId: string, type: ResourceType): ById | undefined {
    return this.grants.size === 0 ? undefined : this.grants.get(placeOf(workspaceId, type));
  }

  /** Subscribed before the first look, so that nothing falls between the two. Neither keeps the process from starting. */
  async onApplicationBootstrap(): Promise<void> {
    this.pubsub.onReconnect(() => void this.look());
    try {
      this.unsubscribe = await this.pubsub.subscribe(CHANNELS.identity, (payload) => {
        if (payload.startsWith('grant:') || payload.startsWith('workspace:')) void this.look();
      });
    } catch (error) {
      this.logger.warn(
        `changes of grants are noticed every ${String(POLL_EVERY_MS)} ms only: ${String(error)}`,
      );
    }
    await this.look();
    this.timer = setInterval(() => void this.look(), POLL_EVERY_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.timer);
    await this.unsubscribe?.();
    await this.looking;
  }

  /** Never rejects. A look that is under way may have missed what asks for this one, so another follows it. */
  async look(): Promise<void> {
    await this.looking;
    if (this.isStopped) return;
    this.looking ??= this.lookQuietly().finally(() => {
      this.looking = undefined;
    });
    await this.looking;
  }

  private async lookQuietly(): Promise<void> {
    try {
      await this.lookOnce();
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.logger.warn(`grants stay as they are: ${String(error)}`);
      this.isFailing = true;
    }
  }

  /** The number first: a change between the two questions is then read twice, and never missed. */
  private async lookOnce(): Promise<void> {
    const version = await this.store.version();
    if (version === this.seen) return;
    this.grants = placed(await this.store.all());
    this.seen = version;
    this.stamp += 1;
  }
}

const placeOf = (workspaceId: string, type: ResourceType): string => `${type} ${workspaceId}`;

function placed(grants: readonly PlacedGrant[]): ReadonlyMap<string, ById> {
  const places = new Map<string, Map<string, Grant[]>>();
  for (const { workspaceId, ...grant } of grants) {
    const place = placeOf(workspaceId, grant.resourceType);
    const byId = places.get(place) ?? new Map<string, Grant[]>();
    places.set(place, byId.set(grant.resourceId, [...(byId.get(grant.resourceId) ?? []), grant]));
  }
  return places;
}
