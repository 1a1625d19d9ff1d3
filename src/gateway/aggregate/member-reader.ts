import { Injectable } from '@nestjs/common';
import { type JsonObject, type Scope } from '@app/kernel';
import { Semaphore } from '@app/resilience';
import { isCallable, type Route } from '../routing/route';
import { RoutingTable } from '../routing/routing-table';
import { type DegradedMember } from '../terminal/conversation';
import { messageOf } from '../upstream/failures';
import { type ListKind } from '../upstream/fetch-list';
import { type ReplicaWish } from '../upstream/replica-choice';
import { type Upstream } from '../upstream/upstream';
import { UpstreamPool } from '../upstream/upstream-pool';
import { listsFor } from './member-lists';
import { type Party } from './party';

/** A member that is not there in this time delays nobody: it is named, and goes on connecting. */
const MEMBER_LIMIT_MS = 2_000;
/** A single member has nobody to be spared from it. */
const SINGLE_LIMIT_MS = 15_000;
const MEMBERS_AT_ONCE = 64;
const MEMBERS_MAX = 10_000;

export interface MemberAnswer<T> {
  readonly serverName: string;
  readonly value: T | undefined;
  readonly failure?: string;
  /** There is no such instance, or it is not meant to run. */
  readonly isGone?: boolean;
}

export interface MemberList {
  readonly items: readonly JsonObject[];
  readonly ttlMs: number;
  readonly isPublic: boolean;
}

export type Late = (serverName: string) => void;

/** Asks all members of a face something at once, and waits for none of them longer than the others may be made to wait. */
@Injectable()
export class MemberReader {
  private readonly turns = new Semaphore(MEMBERS_AT_ONCE, MEMBERS_MAX, 'Asking servers');

  constructor(
    private readonly table: RoutingTable,
    private readonly pool: UpstreamPool,
  ) {}

  /** `late` hears of a member that answered when nobody waited any more. */
  async ask<T>(
    scope: Scope & ReplicaWish,
    members: readonly string[],
    work: (upstream: Upstream) => Promise<T>,
    late: Late = () => undefined,
  ): Promise<readonly MemberAnswer<T>[]> {
    const limitMs = members.length === 1 ? SINGLE_LIMIT_MS : MEMBER_LIMIT_MS;
    const answers = new Map<string, MemberAnswer<T>>();
    let isOver = false;
    const all = members.map(async (serverName) => {
      const answer = await this.one(scope, serverName, work);
      if (!isOver) answers.set(serverName, answer);
      else if (answer.value !== undefined) late(serverName);
    });
    await settledWithin(limitMs, all);
    isOver = true;
    const silent = `It did not answer within ${limitMs} ms.`;
    return members.map(
      (serverName) => answers.get(serverName) ?? { serverName, value: undefined, failure: silent },
    );
  }

  lists(
    members: readonly string[],
    kind: ListKind,
    party: Party,
    late: Late,
  ): Promise<readonly MemberAnswer<MemberList>[]> {
    return this.ask(
      { workspaceId: party.principal.workspaceId, stay: party.stay },
      members,
      async (upstream) => {
        const { cache, fetch } = listsFor(upstream, kind, party);
        const { items, failure } = await cache.forDisplay(fetch);
        if (failure !== undefined) throw new Error(messageOf(failure), { cause: failure });
        return { items, ttlMs: cache.believedForMs, isPublic: cache.isPublic };
      },
      late,
    );
  }

  degraded(scope: Scope, { serverName, failure = '' }: MemberAnswer<unknown>): DegradedMember {
    const route = this.table.find(scope, serverName);
    if (route === undefined) return { serverName, reason: failure, since: null, nextAttemptAt: null };
    const met = this.pool.peek(route.instanceId)?.state();
    return {
      serverName,
      reason: failure,
      since: met?.failingSince ?? route.lastCheckedAt,
      nextAttemptAt: met?.nextAttemptAt ?? route.nextAttemptAt,
    };
  }

  private async one<T>(
    scope: Scope & ReplicaWish,
    serverName: string,
    work: (upstream: Upstream) => Promise<T>,
  ): Promise<MemberAnswer<T>> {
    const route = this.table.find(scope, serverName);
    if (route === undefined || !isCallable(route)) {
      const isGone = route?.desiredState !== 'running';
      return { serverName, value: undefined, failure: whyNot(route), isGone };
    }
    try {
      return { serverName, value: await this.turns.run(() => work(this.pool.get(route, scope))) };
    } catch (error) {
      return { serverName, value: undefined, failure: messageOf(error) };
    }
  }
}

const whyNot = (route: Route | undefined): string =>
  route === undefined ? 'There is no instance of this name.' : `It is ${route.status}: ${route.reason}`;

/** When all have settled, or when time is up. */
async function settledWithin(limitMs: number, work: readonly Promise<void>[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([Promise.all(work), limit]);
  clearTimeout(timer);
}
