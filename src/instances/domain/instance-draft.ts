import { type JsonObject, type JsonValue } from '@app/kernel';

/** From `/json_spec/…` or `/environment/…` to the place of the request that means it: faults are told in its words. */
export type PointerWords = (pointer: string) => string;

/** What a request says of a new instance, its names translated and nothing judged yet. */
export interface InstanceDraft {
  readonly name: string;
  readonly description: string;
  /** Not judged yet, as the specification. */
  readonly labels?: JsonObject;
  readonly agentId: string | null;
  readonly replicas: number;
  /** Name or id of a published definition. */
  readonly template?: string;
  /** Id or name of a definition that is not archived. */
  readonly serverSpecId?: string;
  readonly jsonSpec: JsonObject;
  readonly environment: Readonly<Record<string, JsonValue>>;
  readonly pointers?: PointerWords;
}

/** A change as it was sent; absent = as it is. */
export interface InstancePatch {
  readonly name?: string;
  readonly description?: string;
  /** A merge patch of the stored labels; null takes all of them away. */
  readonly labels?: JsonObject | null;
  readonly replicas?: number;
  /** A merge patch of the stored specification. */
  readonly jsonSpec?: JsonObject;
  readonly environment?: Readonly<Record<string, JsonValue>>;
  readonly pointers?: PointerWords;
}
