import { type Attempt, isAcknowledged, type Operation, type Verb } from './history';
import { type EventRecord, type InstanceRecord, type Records, type StatusRecord } from './records';

const eventNameOf = (verb: Verb): string => `mcp.instance.${verb}.requested`;
/** What was asked for, as against what was seen. */
const isWish = ({ name }: EventRecord): boolean => /^mcp\.instance\.[a-z]+\.requested$/.test(name);

/** Only these make another generation. */
const MAKES_GENERATION: ReadonlySet<Verb> = new Set(['stop', 'start', 'delete']);
const DESIRED: Readonly<Partial<Record<Verb, InstanceRecord['desired_state']>>> = {
  create: 'running',
  start: 'running',
  stop: 'stopped',
  delete: 'deleted',
};

/** An operation and the events that it caused. */
interface Effect {
  readonly operation: Operation;
  readonly events: readonly EventRecord[];
}

/**
 * Compares what clients were told with what is stored, and names every promise that was broken. It knows nothing of how the
 * product works: only what was asked, what was answered, and what is there when everything is quiet again.
 */
export function brokenPromises(operations: readonly Operation[], records: Records): readonly string[] {
  const eventsOf = groupBy(records.events.filter(isWish), ({ correlation_id: id }) => id);
  const effects = operations.map((operation) => ({
    operation,
    events: operation.attempts.flatMap(({ requestId }) => eventsOf.get(requestId) ?? []),
  }));
  return [
    ...effects.flatMap(wrongEffect),
    ...operations.flatMap(({ instance, verb, attempts }) =>
      attempts.flatMap(wrongAnswer).map((fault) => `${verb} ${instance}: ${fault}`),
    ),
    ...wrongInstances(effects, records.instances),
    ...strangers(effects, records),
    ...wrongLog(records),
    ...wrongAudit(records),
    ...wrongOrder(records),
  ];
}

/** P1: what was acknowledged happened once; what was not happened once or not at all. */
function wrongEffect({ operation, events }: Effect): string[] {
  const { verb, instance } = operation;
  const named = `${verb} ${instance}`;
  const wrong = events.filter(({ name }) => name !== eventNameOf(verb));
  if (wrong.length > 0) return [`${named} caused ${wrong.map(({ name }) => name).join(', ')}`];
  if (events.length > 1) return [`${named} happened ${String(events.length)} times`];
  if (isAcknowledged(operation) && events.length === 0) return [`${named} was acknowledged and is lost`];
  return [];
}

/** While something is away the answer says so, and when to come again; it is never a fault of ours. */
function wrongAnswer({ outcome }: Attempt): string[] {
  if (outcome.kind !== 'refused') return [];
  const { status, code, isProblem, retryAfter } = outcome;
  const said = `${String(status)} ${code}`;
  if (status !== 503 && code !== 'idempotency_in_progress') return [`was answered ${said}`];
  if (!isProblem) return [`was answered ${said} without a problem document`];
  return /^\d+$/.test(retryAfter ?? '') ? [] : [`was answered ${said} without Retry-After`];
}

/** P1, P3: one row for each instance that was made, in the state that its last effective wish left. */
function wrongInstances(effects: readonly Effect[], instances: readonly InstanceRecord[]): string[] {
  const rowsOf = groupBy(instances, ({ name }) => name);
  const wrong: string[] = [];
  for (const [name, all] of groupBy(effects, ({ operation }) => operation.instance)) {
    const rows = rowsOf.get(name) ?? [];
    const effective = all.filter(({ events }) => events.length > 0);
    const [first] = effective;
    if (first === undefined) {
      if (rows.length > 0) wrong.push(`${name} exists without having been created`);
      continue;
    }
    const [row] = rows;
    if (row === undefined || rows.length > 1) wrong.push(`${name} has ${String(rows.length)} rows`);
    else
      wrong.push(
        ...wrongState(
          row,
          effective.map(({ operation }) => operation),
        ),
      );
    wrong.push(...wrongSequence(name, effective));
  }
  return wrong;
}

function wrongState(row: InstanceRecord, effective: readonly Operation[]): string[] {
  const desired = effective.map(({ verb }) => DESIRED[verb]).findLast((state) => state !== undefined);
  const description = effective
    .map((operation) => operation.description)
    .findLast((text) => text !== undefined);
  const generation = 1 + effective.filter(({ verb }) => MAKES_GENERATION.has(verb)).length;
  const wrong = (what: string, is: unknown, should: unknown): string[] =>
    is === should ? [] : [`${row.name}: ${what} is ${String(is)}, should be ${String(should)}`];
  return [
    ...wrong('the wish', row.desired_state, desired),
    ...wrong('the description', row.description, description),
    ...wrong('the generation', row.generation, generation),
    ...wrong('the number of create operations', row.creations, 1),
    ...(desired === 'deleted'
      ? wrong('gone', row.is_gone, true)
      : [
          ...wrong('the status', row.phase, desired),
          ...wrong('the generation seen', row.seen_generation, generation),
        ]),
  ];
}

/** A client asks for one thing after the other; the log must tell it in that order. */
function wrongSequence(name: string, effective: readonly Effect[]): string[] {
  const numbers = effective.map(({ events }) => events[0]?.sequence ?? Number.NaN);
  return isGrowing(numbers) ? [] : [`${name}: its events are numbered ${numbers.join(', ')}`];
}

/** Nothing is there that nobody asked for. */
function strangers(effects: readonly Effect[], { instances, events }: Records): string[] {
  const known = new Set(effects.map(({ operation }) => operation.instance));
  const caused = new Set(effects.flatMap((effect) => effect.events.map(({ id }) => id)));
  return [
    ...instances.filter(({ name }) => !known.has(name)).map(({ name }) => `nobody asked for ${name}`),
    ...events
      .filter((event) => isWish(event) && !caused.has(event.id))
      .map(({ name, aggregate_id: of }) => `nobody asked for ${name} of ${of}`),
  ];
}

/** The numbers of the log have no hole and no double, and nothing waits to be published. */
function wrongLog({ events, unsent }: Records): string[] {
  const wrong = unsent === 0 ? [] : [`${String(unsent)} events were never published`];
  const hole = events.findIndex(({ sequence }, index) => sequence !== index + 1);
  if (hole >= 0) wrong.push(`event ${String(hole + 1)} is numbered ${String(events[hole]?.sequence)}`);
  return wrong;
}

/** P7: one row of the audit trail for each event, and none for anything else. */
function wrongAudit({ events, orphanedAudits }: Records): string[] {
  const wrong = events
    .filter(({ audits }) => audits !== 1)
    .map(({ id, name, audits }) => `${name} (${id}) has ${String(audits)} audit rows`);
  return orphanedAudits === 0 ? wrong : [...wrong, `${String(orphanedAudits)} audit rows are about nothing`];
}

/** P4: a status never goes back. */
function wrongOrder({ statuses }: Records): string[] {
  const wrong: string[] = [];
  for (const [instance, changes] of groupBy(statuses, ({ instance_id: id }) => id)) {
    const index = changes.findIndex((change, position) => isBehind(change, changes[position - 1]));
    if (index < 0) continue;
    const [before, after] = changes.slice(index - 1, index + 1).map(numbersOf);
    wrong.push(`the status of ${instance} went back from ${String(before)} to ${String(after)}`);
  }
  return wrong;
}

const numbersOf = ({ generation, sequence }: StatusRecord): string =>
  `report ${sequence} of generation ${String(generation)}`;

function isBehind({ generation, sequence }: StatusRecord, before: StatusRecord | undefined): boolean {
  if (before === undefined) return false;
  if (generation !== before.generation) return generation < before.generation;
  return BigInt(sequence) <= BigInt(before.sequence);
}

const isGrowing = (numbers: readonly number[]): boolean =>
  numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? Number.NaN));

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}
