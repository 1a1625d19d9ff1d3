import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonObject } from '@app/kernel';
import { PACKAGE_ROOT } from '../package-root';

const FOLDER = join(PACKAGE_ROOT, 'docs', 'events');
const FILE = /^([a-z_]+(?:\.[a-z_]+)+)\.v1\.json$/;

export interface EventSchema {
  /** As in the log: `mcp.instance.running`. */
  readonly name: string;
  /** As in envelopes: the name and its version. */
  readonly type: string;
  readonly description: string;
  /** Of `data`. */
  readonly schema: JsonObject;
}

/** What `docs/events` says of the data of every event. */
export function readEventSchemas(folder = FOLDER): readonly EventSchema[] {
  return readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const name = FILE.exec(file)?.[1];
      if (name === undefined) return [];
      const schema = JSON.parse(readFileSync(join(folder, file), 'utf8')) as JsonObject;
      const { description } = schema;
      return [
        { name, type: `${name}.v1`, description: typeof description === 'string' ? description : '', schema },
      ];
    });
}
