import { type InstanceSpec } from '@app/contracts';
import { type WorkPlace } from './work-place';

/** How a container ended, as far as the engine knows. */
export interface Ending {
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly oomKilled: boolean;
  /** In the engine's words, why it could not start. */
  readonly error: string | null;
  readonly memoryLimit: string;
}

/** Codes of a process that was told to end: SIGTERM, SIGKILL, or unknown because the engine itself was killed. */
const STOPPED_FROM_OUTSIDE: ReadonlySet<number> = new Set([143, 137, 255]);
const TERMINATED = 143;
/** A server that ends with 143 by itself, over and over, is no victim. */
export const EXCUSES_EVERY_MS = 30_000;

/** What is known around the end: an engine that went away takes its containers with it. */
export interface Circumstances {
  /** The engine connection in use now is younger than the container's end. */
  readonly engineWasAway: boolean;
  readonly lastExcusedAtMs: number | null;
  readonly nowMs: number;
}

/** Whether somebody else stopped it (the engine, an operator), so that it is started again at once and without blame. */
export function isExcused(ending: Ending, around: Circumstances): boolean {
  if (ending.oomKilled || ending.error !== null) return false;
  const { lastExcusedAtMs, nowMs } = around;
  if (lastExcusedAtMs !== null && nowMs - lastExcusedAtMs < EXCUSES_EVERY_MS) return false;
  if (ending.exitCode === TERMINATED || ending.signal === 'SIGTERM') return true;
  return around.engineWasAway && (ending.exitCode === null || STOPPED_FROM_OUTSIDE.has(ending.exitCode));
}

/** One sentence for people; the last line of output often says it best. */
export function describeEnding(ending: Ending, lastLine: string | undefined, place: WorkPlace): string {
  const said = lastLine === undefined ? '' : ` Its last line was: ${lastLine}`;
  if (ending.oomKilled)
    return `The ${place} was killed because it needed more memory than its limit of ${ending.memoryLimit}.${said}`;
  if (ending.error !== null) return `The ${place} could not be started: ${ending.error}.${said}`;
  if (ending.signal !== null) return `The ${place} was ended by ${ending.signal}${codeOf(ending)}.${said}`;
  if (ending.exitCode === null) return `The ${place} ended.${said}`;
  return `The ${place} ended by itself with exit code ${ending.exitCode}.${said}`;
}

const codeOf = ({ exitCode }: Ending): string => (exitCode === null ? '' : ` (exit code ${exitCode})`);

/**
 * A server of standard streams that was started without them ends in peace: what people meet who copy the name of an
 * image from the catalogue and nothing else.
 */
export const streamsHint = (
  { exitCode }: Ending,
  spec: InstanceSpec | undefined,
  hasServed: boolean,
): string =>
  exitCode === 0 && !hasServed && spec?.type === 'docker' && spec.transport === undefined
    ? ' If it speaks over its standard streams, set "transport": "stdio".'
    : '';
