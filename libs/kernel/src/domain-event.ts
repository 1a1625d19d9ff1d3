import { type JsonObject } from './json';

/** A fact in the past tense, named `<context noun>.<thing>.<past verb>`; versions only ever add members to `data`. */
export interface DomainEvent {
  readonly name: string;
  /** Names that the required documents give to this fact; the envelope carries them as `alias`. */
  readonly aliases?: readonly string[];
  /** Plural noun of the aggregate, the first part of the envelope's `subject`: `instances`, `servers` … */
  readonly aggregateType: string;
  readonly aggregateId: string;
  /** snake_case, as it leaves the process. Never a secret. */
  readonly data: JsonObject;
  readonly occurredAt: Date;
}
