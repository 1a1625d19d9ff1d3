import { type ApiClient } from '../api-client';
import { CliError, EXIT } from '../failures';
import { type Session } from '../session';
import { pathOf } from './instances';

interface Check {
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'warning' | 'skipped';
  readonly detail: string;
}
interface FixBody {
  readonly label: string;
  readonly request: { readonly method: string; readonly path: string; readonly body: object | null } | null;
  readonly input: {
    readonly pointer: string;
    readonly label: string;
    readonly type: 'text' | 'secret' | 'integer';
    readonly suggestion: string | null;
  } | null;
}
interface Diagnosis {
  readonly verdict: 'healthy' | 'found' | 'waiting' | 'unknown';
  readonly summary: string;
  readonly code: string | null;
  readonly evidence: readonly string[];
  readonly fix: FixBody | null;
}

const SIGNS = { passed: 'ok  ', failed: 'FAIL', warning: 'warn', skipped: '  - ' } as const;
/** Of the output that shows the cause, at a prompt. */
const EVIDENCE_LINES = 10;

export interface DoctorOptions {
  readonly fix: boolean;
  /** The value that the fix asks for. */
  readonly value?: string;
  readonly valueFrom?: string;
}

/** `quayside doctor <name>`: each check as it is done, then one cause and what mends it. */
export async function diagnose(session: Session, name: string, options: DoctorOptions): Promise<void> {
  const api = session.api();
  const diagnosis = await followed(session, api, name);
  session.show(diagnosis, () => wordsOf(diagnosis, name));
  if (diagnosis.verdict === 'healthy') return;
  if (options.fix && diagnosis.fix !== null) {
    await apply(session, api, diagnosis.fix, options);
    return;
  }
  session.exitCode = EXIT.failed;
}

async function followed(session: Session, api: ApiClient, name: string): Promise<Diagnosis> {
  for await (const { event, data } of api.events('POST', pathOf(name, '/diagnose'))) {
    if (event === 'diagnosis') return JSON.parse(data) as Diagnosis;
    const { status, title, detail } = JSON.parse(data) as Check;
    if (session.format === 'table') session.terminal.out(`  ${SIGNS[status]}  ${title}: ${detail}`);
  }
  throw new CliError('The diagnosis ended before its verdict.', EXIT.unreachable, `quayside doctor ${name}`);
}

function wordsOf({ verdict, summary, code, evidence, fix }: Diagnosis, name: string): string {
  const lines = [`${verdict === 'found' ? 'Cause' : 'Verdict'}: ${summary}`];
  if (code !== null) lines.push(`Code:  ${code}`);
  for (const line of evidence.slice(-EVIDENCE_LINES)) lines.push(`  | ${line}`);
  if (fix !== null)
    lines.push(`Fix:   ${fix.label}${fix.request === null ? '' : ` (quayside doctor ${name} --fix)`}`);
  if (verdict === 'unknown')
    lines.push(
      `Help:  quayside api GET ${pathOf(name, '/bundle')} gathers what others need, without secrets`,
    );
  return lines.join('\n');
}

async function apply(session: Session, api: ApiClient, fix: FixBody, options: DoctorOptions): Promise<void> {
  const { request, input, label } = fix;
  if (request === null) throw new CliError(`No request can do that: ${label}.`, EXIT.failed);
  const body =
    input === null ? request.body : withValue(request.body ?? {}, input, valueOf(session, input, options));
  await api.call(request.method, request.path, body ?? undefined);
  session.say(`Done: ${label}.`);
}

type Input = NonNullable<FixBody['input']>;

/** A secret is never an argument, where every user of the machine could read it. */
function valueOf({ env }: Session, input: Input, { value, valueFrom }: DoctorOptions): string {
  if (valueFrom !== undefined) {
    const found = env[valueFrom];
    if (found === undefined) throw new CliError(`The environment has no ${valueFrom}.`, EXIT.usage);
    return found;
  }
  const given = input.type === 'secret' ? undefined : (value ?? input.suggestion ?? undefined);
  if (given !== undefined) return given;
  const how = input.type === 'secret' ? `--value-from ${input.label}` : '--value <value>';
  throw new CliError(`The fix needs ${input.label}.`, EXIT.usage, `add ${how}`);
}

/** RFC 6901, for objects that the path makes where they are missing. */
export function withValue(
  body: object,
  { pointer, type }: Pick<Input, 'pointer' | 'type'>,
  text: string,
): object {
  const copy = structuredClone(body) as Record<string, unknown>;
  const names = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));
  const last = names.pop() ?? '';
  let place = copy;
  for (const name of names) {
    const next = place[name];
    place = (place[name] = typeof next === 'object' && next !== null ? next : {}) as Record<string, unknown>;
  }
  place[last] = type === 'integer' ? Number(text) : text;
  return copy;
}
