import { type FieldProblem, type JsonObject } from '@app/kernel';

/** Checks arguments against the schemas of servers, which are untrusted. */
export class ToolSchemas {
  /** Faults of the arguments; none when they fit or when the schema itself is unusable (see `reasonAgainst`). */
  validate(_schema: JsonObject, _args: JsonObject, _at = '/arguments'): Promise<FieldProblem[]> {
    return Promise.resolve([]);
  }

  /** Why a schema is not used for checks, or undefined when it is. */
  reasonAgainst(_schema: JsonObject): Promise<string | undefined> {
    return Promise.resolve(undefined);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
