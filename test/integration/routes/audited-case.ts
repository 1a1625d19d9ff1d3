import { type Database } from '@app/database';

/** What earlier cases made, by their operation. */
export type Made = ReadonlyMap<string, string>;

export interface Case {
  readonly operation: string;
  /** What must be there first and that no route could bring, such as a server that answers. */
  readonly prepare?: (db: Database, made: Made) => Promise<void>;
  /** Absent: the route's own path. */
  readonly path?: (made: Made) => string;
  readonly body?: (made: Made) => object;
  readonly action: string;
  /** What is done on the way and has rows of its own. */
  readonly also?: readonly string[];
}
