import { CliError, EXIT } from '../failures';
import { type Listing } from '../output/formats';
import { ageOf, column } from '../output/table';
import { type Session } from '../session';

export interface InstanceBody {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly reason: string;
  readonly since: string;
  readonly endpoint: string;
  readonly tools: number | null;
  readonly attempt: number;
  readonly server_spec_id: string | null;
  readonly desired_state: string;
  readonly json_spec: { readonly type: string; readonly image?: string; readonly endpoint?: string };
  readonly created_at: string;
}

export const INSTANCES = '/api/v1/mcp/instances';
export const pathOf = (name: string, rest = ''): string => `${INSTANCES}/${encodeURIComponent(name)}${rest}`;

const LISTING: Listing<InstanceBody> = {
  name: ({ name }) => name,
  columns: [
    column('name', ({ name }) => name),
    column('status', ({ status }) => status),
    column('tools', ({ tools }) => tools),
    column('age', ({ created_at: at }) => ageOf(at, Date.now())),
    column('kind', ({ json_spec: { type, image, endpoint } }) => image ?? endpoint ?? type),
    column('reason', ({ reason }) => reason),
  ],
};

/** The API writes a pair with a colon, as keys have none; a word alone is a key with any value. */
const termOf = (label: string): string => label.replace('=', ':');

export interface PsOptions {
  readonly status?: string;
  readonly query?: string;
  readonly label?: readonly string[];
}

export async function ps(session: Session, { status, query, label = [] }: PsOptions): Promise<void> {
  const filter = {
    ...(status !== undefined && { status }),
    ...(query !== undefined && { q: query }),
    ...(label.length > 0 && { label: label.map(termOf) }),
  };
  const rows = await session.all<InstanceBody>(INSTANCES, 'instances', filter);
  session.list(rows, LISTING, 'No instances. "quayside run everything" starts the demonstration server.');
}

const SECONDS_MAX = 60;

export function secondsOf(text: string): number {
  const seconds = Number(text.replace(/s$/, ''));
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= SECONDS_MAX) return seconds;
  throw new CliError(`--wait takes 0 to ${String(SECONDS_MAX)} seconds, not "${text}".`, EXIT.usage);
}

/** Ends in what became of it, never in "submitted". */
export function settled(session: Session, made: InstanceBody, waitS: number): void {
  const { name, status, reason, endpoint, tools } = made;
  session.show(made, () =>
    session.format === 'name'
      ? name
      : `${name}  ${status}  ${tools === null ? '' : `${String(tools)} tools  `}${endpoint}`,
  );
  if (status === 'running' || status === 'idle' || waitS === 0) return;
  const hint = `quayside doctor ${name}`;
  if (status === 'failed') throw new CliError(`${name} failed: ${reason}`, EXIT.failed, hint);
  throw new CliError(`${name} is still ${status} after ${String(waitS)} s: ${reason}`, EXIT.timeout, hint);
}

export type Wish = 'start' | 'stop' | 'restart' | 'delete';
const DONE: Readonly<Record<Wish, string>> = {
  start: 'started',
  stop: 'stopped',
  restart: 'restarted',
  delete: 'deleted',
};

/** One after the other; the first that is refused does not keep the others from their turn. */
export async function change(
  session: Session,
  wish: Wish,
  names: readonly string[],
  wait: string,
): Promise<void> {
  const waitS = secondsOf(wait);
  const api = session.api();
  let firstRefusal: unknown;
  for (const name of names) {
    try {
      const query = waitS === 0 ? '' : `?wait=${String(waitS)}`;
      if (wish === 'delete') await api.call('DELETE', `${pathOf(name)}${query}`);
      else await api.call('POST', `${pathOf(name, `/${wish}`)}${query}`);
      session.say(`${name}: ${waitS === 0 ? `to be ${DONE[wish]}` : DONE[wish]}`);
    } catch (error) {
      firstRefusal ??= error;
      if (names.length > 1) session.say(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (firstRefusal !== undefined) throw firstRefusal as Error;
}

/** What it prints; also what it printed last, after it is gone. */
export async function instanceLogs(
  session: Session,
  name: string,
  { lines, follow }: { readonly lines: string; readonly follow: boolean },
): Promise<void> {
  const query = `tail=${encodeURIComponent(lines)}`;
  if (!follow) {
    const text = await session.api().text(`${pathOf(name, '/logs')}?${query}`);
    if (text !== '') session.terminal.out(text.trimEnd());
    return;
  }
  for await (const { event, data } of session
    .api()
    .events('GET', `${pathOf(name, '/logs')}?${query}&follow=true`)) {
    if (event === 'end') return;
    if (event === 'line') session.terminal.out(String(JSON.parse(data)));
  }
}
