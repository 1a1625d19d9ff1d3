import { type HealthIndicator } from '../observability';
import { type RoutingTable } from './routing/routing-table';

/** A complete look is due every 30 s; two missed ones mean that memory stands in for the database. */
const LATE_AFTER_MS = 75_000;

const ageOf = (table: RoutingTable): string => `confirmed ${Math.round(table.ageMs / 1_000)} s ago`;

/** Ready with a table, even an old one: calls go on without the database. */
export const routingTableIndicator = (table: RoutingTable): HealthIndicator => ({
  name: 'routing_table',
  requiredFor: 'ready',
  check: () =>
    Promise.resolve(
      table.isLoaded
        ? { ok: table.isUsable, detail: `${table.size} servers, ${ageOf(table)}` }
        : { ok: false, detail: 'the list of servers was not loaded yet' },
    ),
});

/** The same table as a matter of age: degraded, not unready. */
export const routingFreshnessIndicator = (table: RoutingTable): HealthIndicator => ({
  name: 'routing_freshness',
  requiredFor: 'info',
  check: () =>
    Promise.resolve({
      ok: table.ageMs < LATE_AFTER_MS,
      detail: table.isLoaded ? ageOf(table) : 'not loaded',
    }),
});
