import { Injectable } from '@nestjs/common';
import { type Principal } from '@app/telemetry';
import { Access } from '../../identity';
import { type Frame } from '../domain/frames';
import { subscriptionKey } from '../domain/subscription';
import { RealtimeMetrics } from '../realtime-metrics';
import { RecentEvents } from './recent-events';
import { type Told, type View } from './told';

export interface Reader {
  deliver(bytes: Buffer, sequence: number): void;
  /** Something about all streams. */
  say(frame: Frame): void;
}

interface Audience {
  readonly view: View;
  readonly readers: Set<Reader>;
}

/**
 * Tells events to everybody who is up to date. Readers who may see and want the same are one audience: what an event is to
 * them is decided once, and they get the same bytes.
 */
@Injectable()
export class Hub {
  readonly recent = new RecentEvents();
  private readonly audiences = new Map<string, Audience>();
  private readonly places = new Map<Reader, string>();
  private degradedSince: Date | undefined;

  constructor(
    private readonly access: Access,
    private readonly metrics: RealtimeMetrics,
  ) {}

  /** The number of the last event that was told; undefined before the log was read for the first time. */
  get head(): number | undefined {
    return this.recent.head;
  }

  get hasReaders(): boolean {
    return this.places.size > 0;
  }

  get degraded(): Frame | undefined {
    return this.degradedSince === undefined ? undefined : degradedFrame(this.degradedSince);
  }

  /** From now on it is told what comes; it must have seen everything up to `head`. */
  join(reader: Reader, view: View): void {
    this.leave(reader);
    const key = keyOf(view);
    const audience = this.audiences.get(key) ?? { view, readers: new Set() };
    audience.readers.add(reader);
    this.audiences.set(key, audience);
    this.places.set(reader, key);
  }

  leave(reader: Reader): void {
    const key = this.places.get(reader);
    if (key === undefined) return;
    this.places.delete(reader);
    const readers = this.audiences.get(key)?.readers;
    readers?.delete(reader);
    if (readers?.size === 0) this.audiences.delete(key);
  }

  /** Events of the log, each one number after the last. */
  tell(events: readonly Told[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    this.recent.add(events);
    this.spread(events, last.sequence);
  }

  /** What is not in the log is for those who are there. */
  tellUnnumbered(events: readonly Told[]): void {
    this.spread(events, this.head ?? 0);
  }

  /** Whether anybody would be told of calls: else nobody needs to look for them. */
  wantsCalls(): boolean {
    for (const { view } of this.audiences.values())
      if (view.subscription.topics?.has('tools') !== false && this.access.may(view.principal, 'tools:read'))
        return true;
    return false;
  }

  /** The log cannot be read; nothing is lost, it comes later. */
  degrade(): void {
    if (this.degradedSince !== undefined) return;
    this.degradedSince = new Date();
    this.sayToAll(degradedFrame(this.degradedSince));
  }

  resume(): void {
    if (this.degradedSince === undefined) return;
    this.degradedSince = undefined;
    this.sayToAll({ type: 'resumed', sequence: this.head ?? 0, timestamp: new Date().toISOString() });
  }

  private sayToAll(frame: Frame): void {
    for (const reader of this.places.keys()) reader.say(frame);
  }

  private spread(events: readonly Told[], sequence: number): void {
    for (const { view, readers } of this.audiences.values()) {
      const wires = events
        .filter((told) => told.isFor(view, this.access))
        .map((told) => told.wire(view.format));
      const [only] = wires;
      if (only === undefined) continue;
      const bytes = wires.length === 1 ? only.bytes : Buffer.concat(wires.map((wire) => wire.bytes));
      this.metrics.told(wires, readers.size);
      for (const reader of readers) reader.deliver(bytes, sequence);
    }
  }
}

const degradedFrame = (since: Date): Frame => ({
  type: 'degraded',
  reason: 'The event log cannot be read at the moment; events come later, none is lost.',
  since: since.toISOString(),
});

/** Everything that a decision about an event can depend on. */
function keyOf({ principal, subscription, format }: View): string {
  return JSON.stringify([
    ...callerKey(principal),
    subscriptionKey(subscription),
    format.carrier,
    format.shape,
  ]);
}

function callerKey(principal: Principal): readonly unknown[] {
  const { workspaceId, role, kind, id, userId, keyId, limitedTo, permissions } = principal;
  return [
    ...[workspaceId, role, kind, id, userId, keyId],
    permissions === 'all' ? permissions : [...permissions].sort(),
    limitedTo === undefined ? null : [[...(limitedTo.instances ?? [])], [...(limitedTo.endpoints ?? [])]],
    limitedTo === undefined ? null : Object.keys(limitedTo).sort(),
  ];
}
