import { createHash } from 'node:crypto';
import { type FieldProblem, type JsonObject } from '@app/kernel';
import { SchemaCheckUnavailableError } from '../errors';
import { plainCheck, type PlainCheck } from './plain-schema';
import { limitsBroken } from './schema-limits';
import { SchemaThread, SchemaTooSlowError } from './schema-thread';
import { type SchemaFault } from './schema-worker';

interface Verdict {
  /** undefined: the schema is compiled and in use. */
  readonly reason: string | undefined;
}

/** Schemas that are kept compiled; the one used longest ago goes first. */
const MAX_SCHEMAS = 500;
/** Generous, because it guards against schemas that never end, not against slow machines. */
const COMPILE_LIMIT_MS = 5_000;
/** A `pattern` can block as well as a schema can. */
const VALIDATE_LIMIT_MS = 2_000;

export interface ToolSchemasOptions {
  readonly compileLimitMs?: number;
  readonly validateLimitMs?: number;
}

/**
 * Checks arguments against the schemas of servers. Those are untrusted: compiling and checking happen in a thread with
 * a time limit, and a schema that misbehaves is set aside with a reason instead of failing the calls of its tool.
 */
export class ToolSchemas {
  /** By hash, oldest use first. A promise, so that a schema met twice at once is compiled once. */
  private readonly verdicts = new Map<string, Promise<Verdict>>();
  /** Schemas arrive as the same object again and again: hashed once each. */
  private readonly keys = new WeakMap<JsonObject, string>();
  /** Those that need no thread; `undefined` for those that do. */
  private readonly plain = new WeakMap<JsonObject, PlainCheck | undefined>();
  private readonly thread: SchemaThread;
  private readonly compileLimitMs: number;
  private readonly validateLimitMs: number;

  constructor({
    compileLimitMs = COMPILE_LIMIT_MS,
    validateLimitMs = VALIDATE_LIMIT_MS,
  }: ToolSchemasOptions = {}) {
    this.compileLimitMs = compileLimitMs;
    this.validateLimitMs = validateLimitMs;
    this.thread = new SchemaThread(() => {
      this.forgetCompiled();
    });
  }

  /** The arguments certainly fit, told without a thread. No says nothing: `validate` does. */
  fits(schema: JsonObject, args: JsonObject): boolean {
    return this.plainCheckOf(schema)?.(args) === true;
  }

  /**
   * Faults of the arguments; none when they fit or when the schema itself is unusable (see `reasonAgainst`).
   * Throws `SchemaCheckUnavailableError` when too much waits. `at` is where the arguments stand in the request.
   */
  async validate(schema: JsonObject, args: JsonObject, at = '/arguments'): Promise<FieldProblem[]> {
    if (this.fits(schema, args)) return [];
    const key = this.keyOf(schema);
    const verdict = await this.verdictOn(key, schema);
    if (verdict.reason !== undefined) return [];
    try {
      const reply = await this.thread.ask({ kind: 'validate', key, args }, this.validateLimitMs);
      // Lost with its thread a moment ago: the next call compiles it anew, this one is not held up.
      if (reply.isUnknown === true)
        throw new SchemaCheckUnavailableError('The schema is being compiled anew.');
      return (reply.faults ?? []).map((fault) => problemOf(fault, at));
    } catch (error) {
      if (!(error instanceof SchemaTooSlowError)) throw error;
      this.remember(key, Promise.resolve({ reason: `checking ${error.message}` }));
      return [];
    }
  }

  /** Why a schema is not used for checks, or undefined when it is. */
  async reasonAgainst(schema: JsonObject): Promise<string | undefined> {
    return (await this.verdictOn(this.keyOf(schema), schema)).reason;
  }

  close(): Promise<void> {
    return this.thread.close();
  }

  private plainCheckOf(schema: JsonObject): PlainCheck | undefined {
    if (this.plain.has(schema)) return this.plain.get(schema);
    const check = limitsBroken(schema) === undefined ? plainCheck(schema) : undefined;
    this.plain.set(schema, check);
    return check;
  }

  private keyOf(schema: JsonObject): string {
    const known = this.keys.get(schema);
    if (known !== undefined) return known;
    const key = hashOf(schema);
    this.keys.set(schema, key);
    return key;
  }

  private verdictOn(key: string, schema: JsonObject): Promise<Verdict> {
    const known = this.verdicts.get(key);
    const verdict = known ?? this.compile(key, schema);
    this.remember(key, verdict);
    // No verdict is not kept: the next call asks again.
    if (known === undefined)
      verdict.catch(() => {
        if (this.verdicts.get(key) === verdict) this.verdicts.delete(key);
      });
    return verdict;
  }

  private async compile(key: string, schema: JsonObject): Promise<Verdict> {
    const broken = limitsBroken(schema);
    if (broken !== undefined) return { reason: broken };
    try {
      const { reason } = await this.thread.ask({ kind: 'compile', key, schema }, this.compileLimitMs);
      return { reason };
    } catch (error) {
      if (!(error instanceof SchemaTooSlowError)) throw error;
      return { reason: `compiling ${error.message}` };
    }
  }

  private remember(key: string, verdict: Promise<Verdict>): void {
    this.verdicts.delete(key);
    this.verdicts.set(key, verdict);
    const oldest = this.verdicts.size > MAX_SCHEMAS ? this.verdicts.keys().next().value : undefined;
    if (oldest === undefined) return;
    this.verdicts.delete(oldest);
    // If it does not hear, it holds one schema more until it is replaced.
    this.thread.ask({ kind: 'forget', key: oldest }, this.validateLimitMs).catch(() => undefined);
  }

  /** With the thread its compiled schemas went; those set aside stay so. */
  private forgetCompiled(): void {
    for (const [key, verdict] of this.verdicts)
      verdict.then(
        ({ reason }) => {
          if (reason === undefined && this.verdicts.get(key) === verdict) this.verdicts.delete(key);
        },
        () => undefined,
      );
  }
}

function hashOf(schema: JsonObject): string {
  try {
    return createHash('sha256').update(JSON.stringify(schema)).digest('base64url');
  } catch {
    // Nested too deep to be written as text: all such schemas are one, and refused for that.
    return 'nested too deep';
  }
}

function problemOf({ path, keyword, member, message }: SchemaFault, at: string): FieldProblem {
  const pointer = member === undefined ? `${at}${path}` : `${at}${path}/${escapePointer(member)}`;
  return { pointer, code: keyword, detail: detailOf(keyword, message) };
}

function detailOf(keyword: string, message: string): string {
  if (keyword === 'required') return 'is required';
  if (keyword === 'additionalProperties') return 'is not known to this tool';
  return message;
}

const escapePointer = (member: string): string => member.replaceAll('~', '~0').replaceAll('/', '~1');
