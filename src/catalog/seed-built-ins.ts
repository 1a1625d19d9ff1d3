import { type Database } from '@app/database';
import { newId } from '@app/kernel';
import { type EventAppender } from '@app/outbox';
import { type CatalogOptions } from './catalog.options';
import { type NewDefinition, ServerDefinition } from './domain/server-definition';
import { DEFINITION_COLUMNS, definitionValues } from './persistence/definition.row';

const blank: Omit<NewDefinition, 'id' | 'name' | 'description' | 'tags' | 'defaults'> = {
  dockerImageUrl: '',
  version: '',
  status: 'published',
  isPublic: true,
  envSchema: [],
  builtIn: true,
};

/** Public servers that need no account: something to connect to on the first day. */
const REMOTE_EXAMPLES: readonly [name: string, description: string, endpoint: string][] = [
  ['deepwiki', 'Remote example: questions about public repositories.', 'https://mcp.deepwiki.com/mcp'],
  ['context7', 'Remote example: up-to-date documentation of libraries.', 'https://mcp.context7.com/mcp'],
];

export function builtIns({ bundled }: CatalogOptions): readonly NewDefinition[] {
  return [
    ...bundled.map(({ name, description, envSchema }) => ({
      ...blank,
      id: newId(),
      name,
      description,
      envSchema,
      tags: ['bundled'],
      defaults: { type: 'stdio', command: name },
    })),
    {
      ...blank,
      id: newId(),
      name: 'fastapi',
      description: 'An HTTP service in a container; give it your own image.',
      dockerImageUrl: 'quayside/fastapi:latest',
      envSchema: [{ name: 'DATABASE_URL', type: 'string', description: 'Where the service keeps its data.' }],
      tags: ['container'],
      defaults: { port: 8000 },
    },
    ...REMOTE_EXAMPLES.map(([name, description, endpoint]) => ({
      ...blank,
      id: newId(),
      name,
      description,
      tags: ['remote', 'example'],
      defaults: { type: 'url', endpoint },
    })),
  ];
}

const SEEDED = 'catalog.built_ins';

/**
 * Stores the built-in templates that this installation has never had: one that somebody has changed keeps the change,
 * and one that somebody has deleted stays deleted. Several processes may start at once: the setting's row is the lock.
 */
export async function seedBuiltIns(
  db: Database,
  events: EventAppender,
  options: CatalogOptions,
): Promise<number> {
  return db.transaction(async () => {
    await db.execute(`INSERT INTO setting (name, value) VALUES ($1, '[]') ON CONFLICT (name) DO NOTHING`, [
      SEEDED,
    ]);
    const [row] = await db.query<{ value: string[] }>(
      `SELECT value FROM setting WHERE name = $1 FOR UPDATE`,
      [SEEDED],
    );
    const known = new Set(row?.value ?? []);
    const wanted = builtIns(options).filter(({ name }) => !known.has(name));
    if (wanted.length === 0) return 0;
    let stored = 0;
    for (const each of wanted) stored += (await insertUnlessTaken(db, events, each)) ? 1 : 0;
    await db.execute(`UPDATE setting SET value = $2, updated_at = now() WHERE name = $1`, [
      SEEDED,
      JSON.stringify([...known, ...wanted.map(({ name }) => name)]),
    ]);
    return stored;
  });
}

/** A name that a user has taken is the user's. */
async function insertUnlessTaken(
  db: Database,
  events: EventAppender,
  wanted: NewDefinition,
): Promise<boolean> {
  const definition = ServerDefinition.register(wanted, new Date());
  const inserted = await db.execute(
    `INSERT INTO server_definition (${DEFINITION_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
     ON CONFLICT (workspace_id, name) DO NOTHING`,
    definitionValues(definition.snapshot()),
  );
  if (inserted > 0) await events.append(definition.takeEvents());
  return inserted > 0;
}
