import { type EnvironmentVariable } from '@app/contracts';
import { AggregateRoot, type DomainEvent, type FieldProblem, type JsonObject } from '@app/kernel';
import { assertDefinition } from './definition-rules';

export const DEFINITION_STATUSES = ['draft', 'published', 'archived'] as const;
export type DefinitionStatus = (typeof DEFINITION_STATUSES)[number];

export interface DefinitionState {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Empty for what no image is needed for: remote and bundled servers. */
  readonly dockerImageUrl: string;
  readonly version: string;
  readonly tags: readonly string[];
  readonly status: DefinitionStatus;
  readonly isPublic: boolean;
  readonly envSchema: readonly EnvironmentVariable[];
  /** What an instance takes over where its own specification says nothing; image and environment apart. */
  readonly defaults: JsonObject;
  /** The server.json that it was imported from, for what these words leave out; it decides nothing. */
  readonly origin?: JsonObject | null;
  readonly builtIn: boolean;
  readonly rowVersion: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type NewDefinition = Omit<DefinitionState, 'rowVersion' | 'createdAt' | 'updatedAt'>;
/** The rules of instances for what they take over. Built-in definitions need no judge: tests hold them against it. */
export type DefaultsJudge = (base: JsonObject) => readonly FieldProblem[];
const NO_FAULTS: DefaultsJudge = () => [];
export type DefinitionChange = Partial<Omit<NewDefinition, 'id' | 'builtIn'>>;

/** What can be run, and the contract for its environment. Instances copy from it once and keep what they copied. */
export class ServerDefinition extends AggregateRoot {
  private constructor(private state: DefinitionState) {
    super();
  }

  static register(wanted: NewDefinition, now: Date, judge = NO_FAULTS): ServerDefinition {
    assertDefinition(wanted, judge(baseSpecOf(wanted)));
    const definition = new ServerDefinition({ ...wanted, rowVersion: 1, createdAt: now, updatedAt: now });
    definition.record(definition.fact('registered', now));
    return definition;
  }

  /** Only for the repository: a state that has been stored before. */
  static restore(state: DefinitionState): ServerDefinition {
    return new ServerDefinition(state);
  }

  get id(): string {
    return this.state.id;
  }

  get name(): string {
    return this.state.name;
  }

  get status(): DefinitionStatus {
    return this.state.status;
  }

  get envSchema(): readonly EnvironmentVariable[] {
    return this.state.envSchema;
  }

  snapshot(): DefinitionState {
    return this.state;
  }

  /** What an instance's specification is merged over. */
  baseSpec(): JsonObject {
    return baseSpecOf(this.state);
  }

  update(change: DefinitionChange, now: Date, judge = NO_FAULTS): void {
    const next = { ...this.state, ...change };
    assertDefinition(next, judge(baseSpecOf(next)));
    const isArchiving = next.status === 'archived' && this.state.status !== 'archived';
    this.state = { ...next, rowVersion: this.state.rowVersion + 1, updatedAt: now };
    this.record(this.fact(isArchiving ? 'archived' : 'updated', now));
  }

  delete(now: Date): void {
    this.record(this.fact('deleted', now));
  }

  private fact(verb: 'registered' | 'updated' | 'archived' | 'deleted', now: Date): DomainEvent {
    const { id, name, dockerImageUrl, version, status } = this.state;
    return {
      name: `mcp.server.${verb}`,
      aggregateType: 'servers',
      aggregateId: id,
      occurredAt: now,
      data: { server_id: id, name, docker_image_url: dockerImageUrl, version, status },
    };
  }
}

const baseSpecOf = ({
  dockerImageUrl,
  defaults,
}: Pick<DefinitionState, 'dockerImageUrl' | 'defaults'>): JsonObject =>
  dockerImageUrl === '' ? defaults : { type: 'docker', image: dockerImageUrl, ...defaults };
