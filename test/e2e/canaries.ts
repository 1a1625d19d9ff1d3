import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Database } from '@app/database';
import Redis from 'ioredis';

/** Values that are given out once each, and then looked for where they must not be. */
export class Canaries {
  private readonly values = new Map<string, string>();

  /** Remembers the value under the name of its use. */
  make(use: string): string {
    const value = `canary-${randomBytes(16).toString('hex')}`;
    this.values.set(use, value);
    return value;
  }

  /** A value that the product itself gave out. */
  remember(use: string, value: string): string {
    this.values.set(use, value);
    return value;
  }

  value(use: string): string {
    const value = this.values.get(use);
    if (value === undefined) throw new Error(`No value was made for ${use}.`);
    return value;
  }

  /** The uses whose value is in the text, in one of the spellings that a program might give it. */
  in(text: string): readonly string[] {
    return [...this.values]
      .filter(([, value]) => spellings(value).some((s) => text.includes(s)))
      .map(([use]) => use);
  }
}

function spellings(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  // In base64 the same bytes look different at each of three places; what touches a neighbour is left out.
  const encoded = [0, 1, 2].map((offset) =>
    Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .slice(offset === 0 ? 0 : offset + 1, -4),
  );
  return [value, bytes.toString('hex'), ...encoded];
}

/** Every row of every table, as text; one entry per table. */
export async function tablesOf(url: string): Promise<ReadonlyMap<string, string>> {
  const db = await Database.open({ url, applicationName: 'canary-search', poolSize: 1 });
  try {
    const tables = await db.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
       WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    const texts = new Map<string, string>();
    for (const { name } of tables) {
      const [row] = await db.query<{ text: string | null }>(
        `SELECT string_agg(t::text, E'\\n') AS text FROM ${name} AS t`,
      );
      texts.set(name, row?.text ?? '');
    }
    return texts;
  } finally {
    await db.close();
  }
}

/** Hears every command that a Redis is given: more than what it still holds at the end. */
export class RedisEar {
  commands = 0;
  readonly heard = new Set<string>();
  private readonly client: Redis;
  private monitor: Redis | undefined;

  constructor(
    url: string,
    private readonly canaries: Canaries,
  ) {
    this.client = new Redis(url, { lazyConnect: true });
  }

  async start(): Promise<void> {
    await this.client.connect();
    const monitor = await this.client.monitor();
    this.monitor = monitor;
    monitor.on('monitor', (_time: string, args: readonly string[]) => {
      this.commands += 1;
      for (const use of this.canaries.in(args.join(' '))) this.heard.add(use);
    });
  }

  stop(): void {
    this.monitor?.disconnect();
    this.client.disconnect();
  }
}

/** Every file below a folder, with its bytes as text. */
export function filesIn(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files.map(({ parentPath, name }) => [
      join(parentPath, name),
      readFileSync(join(parentPath, name), 'latin1'),
    ]),
  );
}

/** The command lines of all processes of the machine. */
export function commandLines(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      } catch {
        // It ended meanwhile.
        return '';
      }
    })
    .join('\n');
}

/** A server that answers every request with all that it was sent. */
export async function echoingServer(): Promise<Server> {
  const server = createServer((asked, response) => {
    let body = '';
    asked.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    asked.once('end', () => {
      response.writeHead(401, { 'content-type': 'application/json' });
      const words = `${body} ${JSON.stringify(asked.headers)}`;
      response.end(JSON.stringify({ error: 'invalid_client', error_description: words }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

export const addressOf = (server: Server): string =>
  `http://localhost:${String((server.address() as AddressInfo).port)}/mcp`;

/** What a client's file says of a server that takes a literal token. */
export const importWith = (url: string, token: string, name: string): string =>
  JSON.stringify({ mcpServers: { [name]: { url, headers: { Authorization: `Bearer ${token}` } } } });
