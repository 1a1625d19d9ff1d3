import { Headroom } from './headroom';
import { type Assignment, type Candidate, type Limit, type QueuedTask } from './model';
import { Openings } from './openings';

/** Everything that decides who gets what. */
export interface Situation {
  readonly nowMs: number;
  readonly agents: readonly Candidate[];
  readonly limits: readonly Limit[];
  readonly runningByWorkspace: ReadonlyMap<string, number>;
}

/**
 * Who gets what, in the order in which it is given. Pure: the same question has the same answer, in whatever order tasks and
 * agents come. The workspace of which the fewest tasks run is served first; inside a workspace the smallest rank is.
 */
export function matchTasks<Task extends QueuedTask>(
  tasks: readonly Task[],
  situation: Situation,
  most: number,
): readonly Assignment<Task>[] {
  const table = new Table<Task>(situation);
  const assignments: Assignment<Task>[] = [];
  const workspaces = queuesOf(tasks, situation);
  while (assignments.length < most) {
    const next = poorestOf(workspaces);
    if (next === undefined) break;
    const assignment = table.serve(next);
    if (assignment === undefined) workspaces.delete(next);
    else assignments.push(assignment);
  }
  return assignments;
}

/** Of these heads, the lanes out of which something could be given now. What the others wait for is asked of nobody here. */
export function lanesToServe(heads: readonly QueuedTask[], situation: Situation): readonly string[] {
  const headroom = new Headroom(situation.limits);
  const openings = new Openings(situation.agents, situation.nowMs);
  return heads
    .filter(
      (head) =>
        head.dueMs <= situation.nowMs &&
        headroom.blocking(head) === undefined &&
        (head.executor === 'gateway' || openings.for(head).length > 0),
    )
    .map(({ lane }) => lane);
}

interface Workspace<Task extends QueuedTask> {
  readonly id: string;
  readonly tasks: readonly Task[];
  /** Tasks before this place have been given out or cannot be. */
  at: number;
  running: number;
}

/** What is still to be had. It only ever becomes less: a lane whose head cannot be served is done with. */
class Table<Task extends QueuedTask> {
  private readonly headroom: Headroom;
  private readonly openings: Openings;
  private readonly closedLanes = new Set<string>();

  constructor({ limits, agents, nowMs }: Situation) {
    this.headroom = new Headroom(limits);
    this.openings = new Openings(agents, nowMs);
  }

  /** The first task of the workspace that can be given out. */
  serve(workspace: Workspace<Task>): Assignment<Task> | undefined {
    for (let task = workspace.tasks[workspace.at]; task !== undefined; task = workspace.tasks[workspace.at]) {
      workspace.at += 1;
      if (this.closedLanes.has(task.lane)) continue;
      const assignment = this.give(task);
      if (assignment !== undefined) {
        workspace.running += 1;
        return assignment;
      }
      this.closedLanes.add(task.lane);
    }
    return undefined;
  }

  private give(task: Task): Assignment<Task> | undefined {
    if (this.headroom.blocking(task) !== undefined) return undefined;
    const assignment = task.executor === 'gateway' ? toGateway(task) : this.toAgent(task);
    if (assignment !== undefined) this.headroom.take(task);
    return assignment;
  }

  private toAgent(task: Task): Assignment<Task> | undefined {
    const openings = this.openings.for(task);
    const [best] = openings;
    if (best === undefined) return undefined;
    this.openings.take(best);
    return {
      task,
      agentId: best.agent.id,
      agentName: best.agent.name,
      askId: best.offer.askId,
      candidates: openings.map(({ scored }) => scored),
    };
  }
}

const toGateway = <Task extends QueuedTask>(task: Task): Assignment<Task> => ({
  ...{ task, agentId: null, agentName: null, askId: null, candidates: [] },
});

function queuesOf<Task extends QueuedTask>(
  tasks: readonly Task[],
  { runningByWorkspace, nowMs }: Situation,
): Set<Workspace<Task>> {
  const byId = new Map<string, Task[]>();
  for (const task of tasks) {
    if (task.dueMs > nowMs) continue;
    const known = byId.get(task.workspaceId);
    if (known === undefined) byId.set(task.workspaceId, [task]);
    else known.push(task);
  }
  return new Set(
    [...byId].map(([id, own]) => ({
      id,
      tasks: own.sort(bySoonest),
      at: 0,
      running: runningByWorkspace.get(id) ?? 0,
    })),
  );
}

const bySoonest = (one: QueuedTask, other: QueuedTask): number =>
  one.rankMs - other.rankMs || (one.id < other.id ? -1 : 1);

/** Linear: workspaces are few beside tasks. */
function poorestOf<Task extends QueuedTask>(
  workspaces: ReadonlySet<Workspace<Task>>,
): Workspace<Task> | undefined {
  let poorest: Workspace<Task> | undefined;
  for (const workspace of workspaces)
    if (poorest === undefined || isPoorer(workspace, poorest)) poorest = workspace;
  return poorest;
}

function isPoorer(one: Workspace<QueuedTask>, other: Workspace<QueuedTask>): boolean {
  if (one.running !== other.running) return one.running < other.running;
  const [mine, theirs] = [one, other].map(({ tasks, at }) => tasks[at]?.rankMs ?? Infinity);
  return mine === theirs ? one.id < other.id : (mine ?? 0) < (theirs ?? 0);
}
