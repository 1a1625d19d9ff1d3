import {
  type DesiredState,
  type InspectReply,
  type InstancePhase,
  type InstanceSpec,
  type LastErrorReport,
} from '@app/contracts';

/** What is known when somebody asks why an instance is red. */
export interface DiagnosisFacts {
  readonly name: string;
  readonly desired: DesiredState;
  readonly status: InstancePhase;
  readonly reason: string;
  readonly spec: InstanceSpec;
  readonly lastError: LastErrorReport | null;
  readonly missingVariables: readonly string[];
  readonly missingSecrets: readonly string[];
  /** undefined: nobody who holds the engine answered. */
  readonly engine: InspectReply | undefined;
}

export interface DiagnosisCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

export interface DiagnosisFix {
  readonly action: string;
  readonly label: string;
  readonly target?: string;
}

export interface Diagnosis {
  readonly checks: readonly DiagnosisCheck[];
  /** One sentence; null when nothing is wrong. */
  readonly cause: string | null;
  readonly fix: DiagnosisFix | null;
}

type Verdict =
  | { readonly ok: true; readonly detail: string }
  | { readonly ok: false; readonly detail: string; readonly fix?: DiagnosisFix };
type Check = readonly [name: string, judge: (facts: DiagnosisFacts) => Verdict | undefined];

const good = (detail: string): Verdict => ({ ok: true, detail });
const bad = (detail: string, fix?: DiagnosisFix): Verdict => ({
  ok: false,
  detail,
  ...(fix === undefined ? {} : { fix }),
});

/** In the order in which one thing needs the other: the first that fails is the cause. */
const CHECKS: readonly Check[] = [
  [
    'wanted',
    ({ desired }) =>
      desired === 'running'
        ? good('It is wanted running.')
        : bad(`It is wanted ${desired}.`, startFix(desired)),
  ],
  [
    'environment',
    ({ missingVariables: [first, ...rest] }) =>
      first === undefined
        ? good('Every required variable has a value.')
        : bad(`${[first, ...rest].join(', ')}: required, and without a value.`, setFix(first)),
  ],
  [
    'secrets',
    ({ missingSecrets: [first, ...rest] }) =>
      first === undefined
        ? good('Every secret reference leads somewhere.')
        : bad(`${[first, ...rest].join(', ')}: no such secret is stored.`, {
            action: 'put_secret',
            label: 'Store the secret',
            target: first,
          }),
  ],
  ['engine', judgeEngine],
  [
    'image',
    ({ spec, engine }) =>
      spec.type !== 'docker' || engine === undefined || engine.image_present === null
        ? undefined
        : engine.image_present
          ? good(`${spec.image} is there.`)
          : bad(`${spec.image} is not there and has to be pulled.`, {
              action: 'change_image',
              label: 'Choose another image',
              target: spec.image,
            }),
  ],
  ['process', judgeProcess],
  [
    'mcp',
    ({ status, reason, spec }) =>
      status === 'running' || status === 'idle'
        ? good('It answered the MCP handshake and lists its tools.')
        : bad(
            reason,
            spec.type === 'url'
              ? { action: 'change_endpoint', label: 'Check the address', target: spec.endpoint }
              : { action: 'restart', label: 'Restart it' },
          ),
  ],
];

/** Runs every check that applies; pure, so that each verdict can be tested without an engine. */
export function diagnose(facts: DiagnosisFacts): Diagnosis {
  const verdicts = CHECKS.flatMap(([name, judge]) => {
    const verdict = judge(facts);
    return verdict === undefined ? [] : [{ name, verdict }];
  });
  const failed = verdicts.find(({ verdict }) => !verdict.ok)?.verdict;
  return {
    checks: verdicts.map(({ name, verdict: { ok, detail } }) => ({ name, ok, detail })),
    cause: failed?.detail ?? null,
    fix: failed === undefined || failed.ok ? null : (failed.fix ?? null),
  };
}

function judgeEngine({ spec, engine }: DiagnosisFacts): Verdict | undefined {
  if (spec.type === 'url') return undefined;
  if (engine === undefined)
    return bad('Nobody who holds the container engine answers.', {
      action: 'check_health',
      label: 'Look at /health',
    });
  return engine.engine.ok
    ? good(engine.engine.detail)
    : bad(engine.engine.detail, { action: 'check_engine', label: 'Start the container engine' });
}

function judgeProcess({ spec, engine, lastError, status }: DiagnosisFacts): Verdict | undefined {
  if (spec.type === 'url') return undefined;
  const containers = engine?.containers ?? [];
  const ended = containers.find(({ exit_code: code, oom_killed: isOom }) => isOom || (code ?? 0) !== 0);
  // What went wrong before it came up again is history.
  const failure = status === 'running' ? null : lastError;
  if ([ended, failure].some((each) => each?.oom_killed))
    return bad('It ran out of memory.', { action: 'raise_memory', label: 'Raise memory_limit' });
  return failure === null
    ? judgeContainers(containers.length, ended?.exit_code ?? undefined)
    : judgeOutput(failure);
}

function judgeContainers(count: number, exitCode: number | undefined): Verdict {
  const restart: DiagnosisFix = { action: 'restart', label: 'Restart it' };
  if (exitCode !== undefined) return bad(`It exited with ${exitCode}.`, restart);
  return count > 0 ? good('Its process is there.') : bad('It has no process.', restart);
}

/** Servers mostly say what they miss; the last line that does is worth more than the exit code. */
const ASKS_FOR =
  /\b([A-Z][A-Z0-9]*_[A-Z0-9_]+)\b.{0,60}?\b(?:required|missing|not set|must be set|undefined)\b/;

function judgeOutput({ message, output }: LastErrorReport): Verdict {
  const line = output.findLast((each) => ASKS_FOR.test(each));
  const variable = line === undefined ? undefined : ASKS_FOR.exec(line)?.[1];
  if (line !== undefined && variable !== undefined) return bad(withLine(message, line), setFix(variable));
  const last = output.at(-1);
  return bad(last === undefined ? message : withLine(message, last), {
    action: 'read_logs',
    label: 'Read its last output',
  });
}

/** Of a line, in a sentence; a message mostly quotes at least half of it already. */
const LINE_LENGTH = 300;

function withLine(message: string, line: string): string {
  const text = line.trim().slice(0, LINE_LENGTH);
  return message.includes(text.slice(0, LINE_LENGTH / 2)) ? message : `${message}: ${text}`;
}

const setFix = (variable: string): DiagnosisFix => ({
  action: 'set_environment',
  label: `Set ${variable}`,
  target: variable,
});
const startFix = (desired: DesiredState): DiagnosisFix | undefined =>
  desired === 'stopped' ? { action: 'start', label: 'Start it' } : undefined;
