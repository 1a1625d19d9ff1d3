import { type components } from '~/api/schema.gen';

/** A definition while it is edited. The JSON is the whole truth; the canvas shows it. */
export interface Draft {
  readonly name: string;
  readonly description?: string;
  readonly is_public?: boolean;
  readonly input_schema?: Readonly<Record<string, unknown>>;
  readonly parameter_schema?: Readonly<Record<string, unknown>>;
  readonly stages: readonly DraftStage[];
  readonly dependencies: readonly Dependency[];
}

export interface Dependency {
  readonly from: number;
  readonly to: number;
}

export const KINDS = ['task', 'tool', 'approval', 'pipeline'] as const;
export type Kind = (typeof KINDS)[number];

/** As the API has it, with members that this editor does not know left as they are. */
export interface DraftStage {
  readonly name: string;
  readonly type?: string;
  readonly required?: boolean;
  readonly timeout?: number;
  readonly retry?: { readonly count: number; readonly delay?: number };
  readonly when?: string;
  readonly input?: unknown;
  readonly on_failure?: 'fail' | 'continue' | 'compensate';
  readonly task?: { readonly capabilities?: readonly string[] };
  readonly tool?: { readonly server_name: string; readonly tool_name: string; readonly arguments?: unknown };
  readonly approval?: { readonly message?: string; readonly approvers?: readonly string[] };
  readonly pipeline?: { readonly pipeline: string };
}

export const EMPTY: Draft = { name: '', stages: [], dependencies: [] };

export const kindOf = (stage: DraftStage): Kind => KINDS.find((kind) => stage[kind] !== undefined) ?? 'task';

/** What is edited of what the server has; its own members, such as ids and times, are not sent back. */
export function draftOf(pipeline: components['schemas']['PipelineDto'] | ReadyMade): Draft {
  const { name, description, stages, dependencies, is_public, input_schema, parameter_schema } =
    pipeline as unknown as Omit<Draft, 'dependencies'> & Partial<Pick<Draft, 'dependencies'>>;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(is_public === undefined ? {} : { is_public }),
    ...(input_schema === undefined ? {} : { input_schema }),
    ...(parameter_schema === undefined ? {} : { parameter_schema }),
    stages,
    dependencies: dependencies ?? inARow(stages.length),
  };
}
type ReadyMade = components['schemas']['PipelineBodyDto'];

const inARow = (count: number): readonly Dependency[] =>
  Array.from({ length: Math.max(0, count - 1) }, (_, from) => ({ from, to: from + 1 }));

/** The draft in a text, or undefined where it is none. */
export function draftIn(text: string): Draft | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { name, stages, dependencies } = value as Record<string, unknown>;
    const isList = Array.isArray(stages) && stages.every((one) => typeof one === 'object' && one !== null);
    if (typeof name !== 'string' || !isList) return undefined;
    return {
      ...(value as Draft),
      dependencies: Array.isArray(dependencies) ? (dependencies as Dependency[]) : inARow(stages.length),
    };
  } catch {
    return undefined;
  }
}

/** Behind the stage that is selected, or behind the last one. */
export function withStage(draft: Draft, after: number | undefined): { draft: Draft; at: number } {
  const at = draft.stages.length;
  const names = new Set(draft.stages.map(({ name }) => name));
  let number = at + 1;
  while (names.has(`stage-${number}`)) number += 1;
  const from = after ?? (at > 0 ? at - 1 : undefined);
  const stage: DraftStage = { name: `stage-${number}`, type: 'analysis', required: true, timeout: 300 };
  return {
    at,
    draft: {
      ...draft,
      stages: [...draft.stages, stage],
      dependencies: [...draft.dependencies, ...(from === undefined ? [] : [{ from, to: at }])],
    },
  };
}

/** What came before it is waited for by what came after it; places behind it move up. */
export function withoutStage({ stages, dependencies, ...rest }: Draft, at: number): Draft {
  const parents = dependencies.filter(({ to }) => to === at).map(({ from }) => from);
  const children = dependencies.filter(({ from }) => from === at).map(({ to }) => to);
  const bridged = parents.flatMap((from) => children.map((to) => ({ from, to })));
  const kept = [...dependencies.filter(({ from, to }) => from !== at && to !== at), ...bridged];
  const moved = (place: number): number => (place > at ? place - 1 : place);
  const seen = new Set<string>();
  return {
    ...rest,
    stages: stages.filter((_, place) => place !== at),
    dependencies: kept
      .map(({ from, to }) => ({ from: moved(from), to: moved(to) }))
      .filter(({ from, to }) => !seen.has(`${from} ${to}`) && seen.add(`${from} ${to}`)),
  };
}

export const changed = (draft: Draft, at: number, members: Partial<DraftStage>): Draft => ({
  ...draft,
  stages: draft.stages.map((stage, place) => (place === at ? compact({ ...stage, ...members }) : stage)),
});

/** Members that are undefined are not there. */
const compact = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T;

/** One kind stands for all: what the others said is not kept. */
export function withKind(draft: Draft, at: number, kind: Kind): Draft {
  const blank = {
    task: {},
    tool: { server_name: '', tool_name: '', arguments: {} },
    approval: {},
    pipeline: { pipeline: '' },
  };
  const others = Object.fromEntries(KINDS.map((one) => [one, undefined]));
  return changed(draft, at, { ...others, [kind]: blank[kind] });
}

export const connected = (draft: Draft, edge: Dependency): Draft =>
  isThere(draft, edge) ? draft : { ...draft, dependencies: [...draft.dependencies, edge] };

export const disconnected = (draft: Draft, { from, to }: Dependency): Draft => ({
  ...draft,
  dependencies: draft.dependencies.filter((one) => one.from !== from || one.to !== to),
});

export const withParents = (draft: Draft, at: number, parents: readonly number[]): Draft => ({
  ...draft,
  dependencies: [
    ...draft.dependencies.filter(({ to }) => to !== at),
    ...parents.map((from) => ({ from, to: at })),
  ],
});

const isThere = ({ dependencies }: Draft, { from, to }: Dependency): boolean =>
  dependencies.some((one) => one.from === from && one.to === to);

/** Whether one comes back from `to` to `from` along the edges that there are. */
export function closesCycle(
  { dependencies }: Pick<Draft, 'dependencies'>,
  { from, to }: Dependency,
): boolean {
  if (from === to) return true;
  const seen = new Set<number>();
  const open = [to];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    if (place === from) return true;
    if (seen.has(place)) continue;
    seen.add(place);
    for (const edge of dependencies) if (edge.from === place) open.push(edge.to);
  }
  return false;
}

export interface Fault {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/** Places of the stages and dependencies that faults point at. */
export function faultyPlaces(faults: readonly Fault[]): {
  readonly stages: ReadonlySet<number>;
  readonly dependencies: ReadonlySet<number>;
} {
  const placesOf = (what: string): ReadonlySet<number> =>
    new Set(
      faults.flatMap(({ pointer }) => {
        const found = new RegExp(`^/${what}/(\\d+)(?:/|$)`).exec(pointer)?.[1];
        return found === undefined ? [] : [Number(found)];
      }),
    );
  return { stages: placesOf('stages'), dependencies: placesOf('dependencies') };
}
