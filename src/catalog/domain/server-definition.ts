import { type EnvironmentVariable } from '@app/contracts';
import { AggregateRoot, type DomainEvent, type JsonObject } from '@app/kernel';
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
  readonly builtIn: boolean;
  readonly rowVersion: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type NewDefinition = Omit<DefinitionState, 'rowVersion' | 'createdAt' | 'updatedAt'>;
export type DefinitionChange = Partial<Omit<NewDefinition, 'id' | 'builtIn'>>;

/** What can be run, and the contract for its environment. Instances copy from it once and keep what they copied. */
export class ServerDefinition extends AggregateRoot {
  private constructor(private state: DefinitionState) {
    super();
  }

  static register(wanted: NewDefinition, now: Date): ServerDefinition {
    assertDefinition(wanted);
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
    const { dockerImageUrl, defaults } = this.state;
    return dockerImageUrl === '' ? defaults : { type: 'docker', image: dockerImageUrl, ...defaults };
  }

  update(change: DefinitionChange, now: Date): void {
    const next = { ...this.state, ...change };
    assertDefinition(next);
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
