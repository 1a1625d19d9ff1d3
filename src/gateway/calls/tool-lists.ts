import { Injectable } from '@nestjs/common';
import { DomainError, type JsonObject, type Scope } from '@app/kernel';
import { TimeoutError, withTimeout } from '@app/resilience';
import { isCallable } from '../routing/route';
import { RoutingTable } from '../routing/routing-table';
import { messageOf } from '../upstream/failures';
import { UpstreamPool } from '../upstream/upstream-pool';

/** Shorter than those wait who ask for it over a notice. */
const LOOK_LIMIT_MS = 4_000;

export type SeenTools =
  | { readonly tools: readonly { readonly name: string; readonly inputSchema: JsonObject }[] }
  | { readonly failure: string };

/** What a server offers, whoever may use it: for other contexts, which decide about that themselves. */
@Injectable()
export class ToolLists {
  constructor(
    private readonly table: RoutingTable,
    private readonly pool: UpstreamPool,
  ) {}

  async of(scope: Scope, instanceId: string): Promise<SeenTools> {
    try {
      const route = await this.table.resolve(scope, instanceId);
      if (!isCallable(route)) return { failure: `${route.status}: ${route.reason}` };
      const { items, failure } = await withTimeout(LOOK_LIMIT_MS, () =>
        this.pool.get(route).tools.forDisplay(),
      );
      if (failure !== undefined) return { failure: messageOf(failure) };
      return { tools: items.map(({ name, inputSchema }) => ({ name, inputSchema })) };
    } catch (error) {
      if (error instanceof TimeoutError) return { failure: `It did not answer within ${LOOK_LIMIT_MS} ms.` };
      if (error instanceof DomainError) return { failure: error.message };
      throw error;
    }
  }
}
