import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Database } from '@app/database';
import { type Answer } from './api';
import { type Installation } from './installation';

const ERROR_PAGES = join(__dirname, '..', '..', 'docs', 'errors');
/** Beside these, a problem that says more than it should would show where the program lies or how it stores. */
const NEVER_SAID = /node_modules|\bat \/|\.ts:\d|\.js:\d|SELECT |INSERT |UPDATE |pg_|secret_version/;

export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly instance: string;
  readonly code: string;
  readonly hint: string;
  readonly docs: string;
  readonly request_id: string;
  readonly trace_id: string;
  readonly errors?: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
}

/** How many refusals this file of tests has seen, and where they say to read on. */
export const REFUSED = { count: 0, types: new Set<string>() };

/** The problem of an answer, after holding it against what every refusal must be. */
export function refusalOf({ status, headers, body }: Answer<unknown>): Problem {
  expect(headers.get('content-type')).toBe('application/problem+json');
  const problem = body as Problem;
  expect(problem).toEqual(expect.objectContaining({ status, docs: problem.type }));
  expect(problem.type).toBe(`/problems/${problem.code}`);
  expect(existsSync(join(ERROR_PAGES, `${problem.code}.md`))).toBe(true);
  expect(readFileSync(join(ERROR_PAGES, `${problem.code}.md`), 'utf8')).toContain(
    `Status: ${String(status)}`,
  );
  for (const member of ['title', 'detail', 'hint', 'request_id'] as const)
    expect(problem[member]).toMatch(/\S/);
  expect(problem.trace_id).toMatch(/^[0-9a-f]{32}$/);
  expect(headers.get('x-request-id')).toBe(problem.request_id);
  for (const fault of problem.errors ?? []) {
    expect(fault.pointer).toMatch(/^\//);
    expect(fault.detail).toMatch(/\S/);
  }
  expect(JSON.stringify(problem)).not.toMatch(NEVER_SAID);
  REFUSED.count += 1;
  REFUSED.types.add(problem.type);
  return problem;
}

export const pointersOf = ({ errors = [] }: Problem): readonly string[] =>
  errors.map(({ pointer }) => pointer).sort();

/** Sends what must be refused, and gives the refusal. */
export async function refused(
  { api }: Installation,
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
): Promise<Problem> {
  const answer = await api.request<unknown>(method, path, body, headers);
  if (answer.status < 400) throw new Error(`${method} ${path} was accepted: ${JSON.stringify(answer.body)}`);
  return refusalOf(answer);
}

/** Written by the processes for themselves, at any time: messages that were read, the right to lead. */
const THEIR_OWN = ['inbox', 'lease'];

const tablesOf = (db: Database): Promise<{ name: string }[]> =>
  db.query(
    `SELECT quote_ident(table_name) AS name FROM information_schema.tables
      WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1`,
  );

/** How many rows each table has that requests write to. */
export async function rowCounts(db: Database): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const { name } of await tablesOf(db)) {
    if (THEIR_OWN.includes(name)) continue;
    const [row] = await db.query<{ rows: number }>(`SELECT count(*)::int AS rows FROM ${name}`);
    counts[name] = row?.rows ?? -1;
  }
  return counts;
}

/** The tables in which a text stands, in whatever column. */
export async function tablesHolding(db: Database, text: string): Promise<readonly string[]> {
  const holding: string[] = [];
  for (const { name } of await tablesOf(db)) {
    const [row] = await db.query<{ rows: number }>(
      `SELECT count(*)::int AS rows FROM ${name} AS t WHERE position($1 IN t::text) > 0`,
      [text],
    );
    if ((row?.rows ?? 0) > 0) holding.push(name);
  }
  return holding;
}
