import { type Limit, type LimitKind, type QueuedTask } from './model';

/** Tasks that run, counted by everything that a limit can be about. */
export interface RunningGroup {
  readonly workspaceId: string;
  readonly type: string;
  readonly concurrencyKey: string | null;
  readonly assignedAgent: string | null;
  readonly userId: string | null;
  readonly keyId: string | null;
  readonly agentId: string | null;
  readonly count: number;
}

type QuotaScope = 'workspace' | 'user' | 'key' | 'agent';

/** What is set: for tasks of a type or with a key, for a submitter, or (without a workspace) for every submitter of a scope. */
export interface StoredLimit {
  readonly kind: 'type' | 'key' | `quota_${QuotaScope}`;
  readonly workspaceId: string | null;
  readonly name: string;
  /** null: this submitter has no limit, whatever others have. */
  readonly max: number | null;
}

type Counted = Pick<QueuedTask, 'workspaceId' | 'type' | 'concurrencyKey' | 'userId' | 'keyId' | 'agentId'>;

interface Subject {
  readonly kind: StoredLimit['kind'];
  readonly name: string;
}

const INSTALLATION = 'installation';
const nameOf = (workspaceId: string, { kind, name }: Subject): string =>
  JSON.stringify([workspaceId, kind, name]);

/** Everything about a task that somebody may have limited. */
function subjectsOf({
  workspaceId,
  type,
  concurrencyKey,
  userId,
  keyId,
  agentId,
}: Counted): readonly Subject[] {
  const subjects: readonly { readonly kind: StoredLimit['kind']; readonly name: string | null }[] = [
    { kind: 'type', name: type },
    { kind: 'key', name: concurrencyKey },
    { kind: 'quota_workspace', name: workspaceId },
    { kind: 'quota_user', name: userId },
    { kind: 'quota_key', name: keyId },
    { kind: 'quota_agent', name: agentId },
  ];
  return subjects.filter((subject): subject is Subject => subject.name !== null);
}

/** Names of the limits that may hold a task back; most of them are not set. */
export const limitNamesOf = (task: Counted): readonly string[] => [
  INSTALLATION,
  ...subjectsOf(task).map((subject) => nameOf(task.workspaceId, subject)),
];

/** The limits that hold for these tasks, each with how much of it is used. */
export function limitsFor(
  tasks: readonly Counted[],
  running: readonly RunningGroup[],
  stored: readonly StoredLimit[],
  maxConcurrentTasks: number,
): readonly Limit[] {
  const counts = countsOf(running);
  const set = new Map(stored.map((limit) => [nameOf(limit.workspaceId ?? '', limit), limit.max]));
  const limits = new Map<string, Limit>();
  limits.set(INSTALLATION, {
    kind: 'installation',
    name: INSTALLATION,
    title: 'MAX_CONCURRENT_TASKS',
    max: maxConcurrentTasks,
    running: counts.get(INSTALLATION) ?? 0,
  });
  for (const task of tasks)
    for (const subject of subjectsOf(task)) {
      const name = nameOf(task.workspaceId, subject);
      const max = maxOf(set, task.workspaceId, subject);
      if (max === null || limits.has(name)) continue;
      limits.set(name, { ...describe(subject), name, max, running: counts.get(name) ?? 0 });
    }
  return [...limits.values()];
}

/** What was set for the submitter, also that there is no limit, comes before what holds for all of its scope. */
function maxOf(
  set: ReadonlyMap<string, number | null>,
  workspaceId: string,
  subject: Subject,
): number | null {
  const own = set.get(nameOf(workspaceId, subject));
  if (own !== undefined) return own;
  return set.get(nameOf('', { kind: subject.kind, name: '' })) ?? null;
}

const KINDS: Readonly<
  Record<StoredLimit['kind'], { readonly kind: LimitKind; title(name: string): string }>
> = {
  type: { kind: 'type', title: (name) => `the limit of type "${name}"` },
  key: { kind: 'key', title: (name) => `the limit of key "${name}"` },
  quota_workspace: { kind: 'quota', title: () => 'the quota running_tasks of the workspace' },
  quota_user: { kind: 'quota', title: () => 'the quota running_tasks of the user who submitted it' },
  quota_key: { kind: 'quota', title: () => 'the quota running_tasks of the key that submitted it' },
  quota_agent: { kind: 'quota', title: () => 'the quota running_tasks of the agent that submitted it' },
};

const describe = ({ kind, name }: Subject): Pick<Limit, 'kind' | 'title'> => ({
  kind: KINDS[kind].kind,
  title: KINDS[kind].title(name),
});

function countsOf(running: readonly RunningGroup[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const group of running)
    for (const name of limitNamesOf(group)) counts.set(name, (counts.get(name) ?? 0) + group.count);
  return counts;
}

/** How many tasks each agent holds. */
export const runningByAgent = (running: readonly RunningGroup[]): ReadonlyMap<string, number> =>
  sumBy(running, ({ assignedAgent }) => assignedAgent);

export const runningByWorkspace = (running: readonly RunningGroup[]): ReadonlyMap<string, number> =>
  sumBy(running, ({ workspaceId }) => workspaceId);

function sumBy(
  running: readonly RunningGroup[],
  by: (group: RunningGroup) => string | null,
): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const group of running) {
    const name = by(group);
    if (name !== null) sums.set(name, (sums.get(name) ?? 0) + group.count);
  }
  return sums;
}
