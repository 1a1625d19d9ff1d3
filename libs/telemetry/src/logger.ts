import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino';

import { type ErrorLine } from './error-reports';
import { LogSanitizer } from './log-record';
import { prettyLine } from './pretty-lines';
import { actorOf, requestContext } from './request-context';
import { type Scrubber } from './scrubber';

const LEVELS = { debug: 20, info: 30, warn: 40, error: 50 } as const;
export type LogLevel = keyof typeof LEVELS;

/** One line per call: a message, or members and a message. `err` holds what was thrown. */
export interface Logger {
  debug(message: string): void;
  debug(members: object, message: string): void;
  info(message: string): void;
  info(members: object, message: string): void;
  warn(message: string): void;
  warn(members: object, message: string): void;
  error(message: string): void;
  error(members: object, message: string): void;
  /** `context` says which part of the program speaks. */
  child(bindings: { readonly context: string } & Readonly<Record<string, unknown>>): Logger;
  /** Whether lines of that level are written now. */
  readonly isDebug: boolean;
  /** Takes effect at once, for every child too. Any case; an unknown word is refused with the known ones. */
  setLevel(level: string): void;
}

export interface LoggerOptions {
  readonly level: string;
  /** Which process speaks: `api`, `worker`, `gateway` … */
  readonly role: string;
  /** Lines for people instead of JSON. Default: when standard output is a terminal. */
  readonly pretty?: boolean;
  readonly scrubber?: Scrubber;
  readonly destination?: DestinationStream;
  /** Told of each line of level error that has an `err`: those are what nobody expected. */
  readonly onError?: (line: ErrorLine) => void;
}

export function parseLogLevel(text: string): LogLevel {
  const level = text.trim().toLowerCase();
  if (Object.hasOwn(LEVELS, level)) return level as LogLevel;
  throw new RangeError(`unknown log level "${text}"; known are ${Object.keys(LEVELS).join(', ')}`);
}

class StructuredLogger implements Logger {
  constructor(
    private readonly pinoLogger: PinoLogger,
    private readonly sanitizer: LogSanitizer,
    private readonly shared: Shared,
    private readonly bindings: Readonly<Record<string, unknown>> = {},
  ) {}

  get isDebug(): boolean {
    return LEVELS.debug >= this.shared.threshold;
  }

  debug(first: string | object, message?: string): void {
    this.write('debug', first, message);
  }
  info(first: string | object, message?: string): void {
    this.write('info', first, message);
  }
  warn(first: string | object, message?: string): void {
    this.write('warn', first, message);
  }
  error(first: string | object, message?: string): void {
    this.write('error', first, message);
  }

  child(bindings: object): Logger {
    const own = this.sanitizer.record(bindings);
    const all = { ...this.bindings, ...own };
    return new StructuredLogger(this.pinoLogger.child(own), this.sanitizer, this.shared, all);
  }

  setLevel(level: string): void {
    this.shared.threshold = LEVELS[parseLogLevel(level)];
  }

  private write(level: LogLevel, first: string | object, message: string | undefined): void {
    if (LEVELS[level] < this.shared.threshold) return;
    const [members, text] = typeof first === 'string' ? [{}, first] : [first, message ?? ''];
    const record = this.sanitizer.record(members);
    const words = this.sanitizer.text(text);
    this.pinoLogger[level](record, '%s', words);
    if (level === 'error' && record['err'] !== undefined) this.tell(record, words);
  }

  private tell(record: Readonly<Record<string, unknown>>, message: string): void {
    const { onError, role } = this.shared;
    const members = { ...scopeMembers(this.sanitizer)(), ...this.bindings, ...record };
    onError?.({ message, role, members });
  }
}

/** Shared with all children: pino's own children keep the level that they were born with. */
interface Shared {
  threshold: number;
  readonly role: string;
  readonly onError: LoggerOptions['onError'];
}

/** Scope members of every line. `actor` is a name from a key or a user, so it is cut and scrubbed like any text. */
function scopeMembers(sanitizer: LogSanitizer): () => object {
  return () => {
    const scope = requestContext.get();
    if (scope === undefined) return {};
    return {
      trace_id: scope.traceId,
      request_id: sanitizer.text(scope.requestId),
      actor: sanitizer.text(actorOf(scope)),
    };
  };
}

const prettyStream = (target: { write(text: string): unknown }): DestinationStream => ({
  write: (line) => void target.write(prettyLine(line)),
});

export function createLogger(options: LoggerOptions): Logger {
  const sanitizer = new LogSanitizer(options.scrubber);
  const pretty = options.pretty ?? (options.destination === undefined && process.stdout.isTTY);
  const target = options.destination ?? pino.destination({ fd: 1, sync: true });
  const root = pino(
    {
      level: 'debug',
      base: { role: options.role },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      mixin: scopeMembers(sanitizer),
      // A member that the line itself names is meant; the scope only fills what is not said.
      mixinMergeStrategy: (line, scope) => ({ ...scope, ...line }),
      // Errors are already plain records here.
      serializers: { err: (value: unknown) => value },
    },
    pretty ? prettyStream(target) : target,
  );
  const { role, onError } = options;
  return new StructuredLogger(root, sanitizer, {
    threshold: LEVELS[parseLogLevel(options.level)],
    role,
    onError,
  });
}
