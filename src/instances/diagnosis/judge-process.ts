import { type InspectReply, type LastErrorReport } from '@app/contracts';
import { type Finding, found, passed, skipped } from './diagnosis';
import { raiseMemory, readLogs, restart, useStandardStreams } from './fixes';
import { lastWords } from './last-words';
import { type EngineFacts, isOnItsWay, isServing, type Subject } from './subject';

/** Of what it printed last; enough to see the cause, little enough to be read. */
export const EVIDENCE_LINES = 50;

/** undefined: a remote server has no process of ours. */
export function judgeProcess(subject: Subject, { inspected }: EngineFacts): Finding | undefined {
  if (subject.spec.type === 'url') return undefined;
  // What went wrong before it came up again is history.
  const failure = isServing(subject) ? null : subject.lastError;
  const containers = inspected?.containers ?? [];
  if ([failure, ...containers].some((each) => each?.oom_killed === true))
    return outOfMemory(subject, failure);
  if (failure !== null) return judgeFailure(subject, failure, containers.some(isUp));
  return judgeContainers(subject, containers);
}

const outOfMemory = (subject: Subject, failure: LastErrorReport | null): Finding =>
  found('instance_out_of_memory', 'It ran out of memory.', {
    fix: raiseMemory(subject),
    evidence: failure === null ? [] : [failure.message, ...linesOf(failure)],
  });

const isUp = ({ state }: { readonly state: string }): boolean => state === 'running';

function judgeFailure(subject: Subject, failure: LastErrorReport, isUp: boolean): Finding {
  if (failure.exit_code !== null) return judgeEnd(subject, failure);
  // It runs again, and what it lacked the last time is better seen by asking it now.
  if (isUp) return passed('Its process is there.', [failure.message]);
  const silence = SILENCES.find(([pattern]) => pattern.test(failure.message));
  const evidence = linesOf(failure);
  if (silence !== undefined) return found(silence[1], failure.message, { evidence, fix: restart(subject) });
  // Steps before the process are judged by the checks before this one.
  return found('instance_start_failed', failure.message, { evidence, fix: readLogs() });
}

/** Words of the prober about a server that was given up, and what they mean. */
const SILENCES: readonly (readonly [RegExp, string])[] = [
  [/cannot be reached: the connection was refused/, 'instance_port_closed'],
  [/did not complete the handshake|in time/, 'instance_silent'],
  [/broke the protocol/, 'instance_not_mcp'],
];

/** The launcher of the container says so where it was started without what it needs. */
const NEEDS_STREAMS = /"transport": "stdio"/;

function judgeEnd(subject: Subject, failure: LastErrorReport): Finding {
  const evidence = linesOf(failure);
  const said = lastWords(subject, failure.output);
  if (said !== undefined)
    return found(said.code, withLine(failure.message, said.line), { evidence, fix: said.fix });
  if (NEEDS_STREAMS.test(failure.message))
    return found('instance_transport_wrong', failure.message, { evidence, fix: useStandardStreams(subject) });
  const last = failure.output.findLast((line) => line.trim() !== '');
  const words = last === undefined ? failure.message : withLine(failure.message, last);
  return found('instance_exited', words, { evidence, fix: readLogs() });
}

function judgeContainers(subject: Subject, containers: InspectReply['containers']): Finding {
  const fix = restart(subject);
  const code = containers.map(({ exit_code }) => exit_code ?? 0).find((each) => each !== 0);
  if (code !== undefined) return found('instance_exited', `It exited with ${String(code)}.`, { fix });
  if (containers.length > 0) return passed('Its process is there.');
  if (subject.status === 'idle') return passed('It has no process now: it wakes on the first call.');
  if (isOnItsWay(subject)) return skipped('Its process is not there yet.');
  return found('instance_without_process', 'It has no process.', { fix });
}

const linesOf = ({ output }: LastErrorReport): readonly string[] => output.slice(-EVIDENCE_LINES);

/** Of a line, in a sentence; a message mostly quotes at least half of it already. */
const LINE_LENGTH = 300;

function withLine(message: string, line: string): string {
  const text = line.trim().slice(0, LINE_LENGTH);
  return message.includes(text.slice(0, LINE_LENGTH / 2)) ? message : `${message}: ${text}`;
}
