import { type DesiredState, type InstanceSpec } from '@app/contracts';
import { AggregateRoot, isSameJson } from '@app/kernel';
import { IllegalInstanceTransitionError } from './instance.errors';
import { instanceRequested, type RequestedFacts } from './instance.events';
import { type Labels } from './labels';

export interface InstanceState {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly labels: Labels;
  readonly serverSpecId: string | null;
  readonly agentId: string | null;
  readonly spec: InstanceSpec;
  readonly undeclaredEnvironment: readonly string[];
  readonly desired: DesiredState;
  readonly generation: number;
  readonly replicas: number;
  readonly rowVersion: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type NewInstance = Pick<
  InstanceState,
  | 'id'
  | 'name'
  | 'description'
  | 'labels'
  | 'serverSpecId'
  | 'agentId'
  | 'spec'
  | 'undeclaredEnvironment'
  | 'replicas'
>;

/** What a change may touch; absent = as it was. `secretsChanged`: new values behind the same references. */
export interface InstanceChange {
  readonly name?: string;
  readonly description?: string;
  readonly labels?: Labels;
  readonly spec?: InstanceSpec;
  readonly undeclaredEnvironment?: readonly string[];
  readonly replicas?: number;
  readonly secretsChanged?: boolean;
}

/**
 * What the operator wants. What the container engine reports is kept apart, in the read model, because the two are
 * written by different processes and must be free to disagree for a while. Every change that a container would have to
 * notice is a new generation, and gets containers of its own: none is ever restarted in place. Only another number of
 * replicas leaves those that are there.
 */
export class Instance extends AggregateRoot {
  /** As it was loaded; undefined for a new one. */
  private readonly before: InstanceState | undefined;

  private constructor(
    private state: InstanceState,
    isStored: boolean,
    private madeFor: number,
  ) {
    super();
    this.before = isStored ? state : undefined;
  }

  static create(wanted: NewInstance, now: Date): Instance {
    const state: InstanceState = {
      ...wanted,
      desired: 'running',
      generation: 1,
      rowVersion: 1,
      createdAt: now,
      updatedAt: now,
    };
    const instance = new Instance(state, false, state.generation);
    instance.record(
      instanceRequested('create', instance.facts(), now, {
        description: state.description,
        labels: state.labels,
        agent_id: state.agentId,
      }),
    );
    return instance;
  }

  /** Only for the repository: a state that has been stored before. */
  static restore(state: InstanceState, containerGeneration = state.generation): Instance {
    return new Instance(state, true, containerGeneration);
  }

  get id(): string {
    return this.state.id;
  }

  /** The generation that its containers were made for: another number of them is no reason to replace those that serve. */
  get containerGeneration(): number {
    return this.madeFor;
  }

  snapshot(): InstanceState {
    return this.state;
  }

  /** The row version that a stored change must still find. */
  get loadedVersion(): number {
    return this.before?.rowVersion ?? 0;
  }

  get hasChanged(): boolean {
    return this.before !== this.state;
  }

  /** A new generation: the provisioner has something to do. */
  get isProvisioningDue(): boolean {
    return this.before?.generation !== this.state.generation;
  }

  start(now: Date): void {
    this.refuseWhenDeleted('start');
    // A start of what is wanted running already is a success that changes nothing, so that scripts can repeat it.
    if (this.state.desired === 'running') return;
    this.advance({ desired: 'running' }, now);
    this.record(instanceRequested('start', this.facts(), now));
  }

  stop(now: Date): void {
    this.refuseWhenDeleted('stop');
    if (this.state.desired === 'stopped') return;
    this.advance({ desired: 'stopped' }, now);
    this.record(instanceRequested('stop', this.facts(), now));
  }

  restart(now: Date): void {
    this.refuseWhenDeleted('restart');
    this.advance({ desired: 'running' }, now);
    this.record(instanceRequested('restart', this.facts(), now));
  }

  delete(now: Date): void {
    if (this.state.desired === 'deleted') return;
    this.advance({ desired: 'deleted' }, now);
    this.record(instanceRequested('delete', this.facts(), now));
  }

  change(change: InstanceChange, now: Date): void {
    this.refuseWhenDeleted('change');
    const { secretsChanged = false, ...fields } = change;
    const changed = Object.entries(fields).filter(
      ([key, value]) => !isSameJson(value, this.state[key as keyof InstanceState]),
    );
    if (changed.length === 0 && !secretsChanged) return;
    const next = Object.fromEntries(changed) as Partial<InstanceState>;
    // A name, a description or a label is nothing that a container would notice.
    if (next.spec !== undefined || secretsChanged) this.advance(next, now);
    else if (next.replicas !== undefined) this.scale(next, now);
    else this.state = { ...this.state, ...next, rowVersion: this.state.rowVersion + 1, updatedAt: now };
    const fieldNames = changed.map(([key]) => FIELD_NAMES[key] ?? key);
    this.record(
      instanceRequested('update', this.facts(), now, {
        changed: secretsChanged ? [...fieldNames, 'secrets'] : fieldNames,
      }),
    );
  }

  private scale(next: Partial<InstanceState>, now: Date): void {
    const { madeFor } = this;
    this.advance(next, now);
    this.madeFor = madeFor;
  }

  private advance(next: Partial<InstanceState>, now: Date): void {
    this.madeFor = this.state.generation + 1;
    this.state = {
      ...this.state,
      ...next,
      generation: this.state.generation + 1,
      rowVersion: this.state.rowVersion + 1,
      updatedAt: now,
    };
  }

  private refuseWhenDeleted(verb: string): void {
    if (this.state.desired === 'deleted')
      throw new IllegalInstanceTransitionError(this.state.name, 'deleted', verb);
  }

  private facts(): RequestedFacts {
    return this.state;
  }
}

/** How a changed member is called outside. */
const FIELD_NAMES: Readonly<Record<string, string>> = {
  spec: 'json_spec',
  undeclaredEnvironment: 'undeclared_environment',
};
