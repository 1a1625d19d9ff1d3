import { ProblemError } from '@app/client';
import { CliError, EXIT } from '../failures';
import { type Listing } from '../output/formats';
import { ageOf, column } from '../output/table';
import { type Session } from '../session';
import { split } from './arguments';

export interface InstanceBody {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly reason: string;
  readonly since: string;
  readonly endpoint: string;
  readonly tools: number | null;
  readonly attempt: number;
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

export async function ps(
  session: Session,
  { status, query }: { status?: string; query?: string },
): Promise<void> {
  const filter = { ...(status !== undefined && { status }), ...(query !== undefined && { q: query }) };
  const rows = await session.all<InstanceBody>(INSTANCES, 'instances', filter);
  session.list(rows, LISTING, 'No instances. "quayside run everything" starts the demonstration server.');
}

export interface RunOptions {
  readonly name?: string;
  readonly env?: readonly string[];
  readonly envFrom?: readonly string[];
  readonly wait: string;
  readonly transport?: string;
  readonly port?: string;
}

/** A URL is a remote server, what looks like an image is one, any other word is a template. */
export function bodyOf(
  what: string,
  { name, env = [], envFrom = [], transport, port }: RunOptions,
  environment: NodeJS.ProcessEnv,
): Record<string, unknown> {
  const values = { ...Object.fromEntries(env.map(split)), ...fromEnvironment(envFrom, environment) };
  const given = Object.keys(values).length === 0 ? {} : { environment: values };
  const called = name ?? nameFor(what);
  if (/^(?:npx|uvx):/.test(what))
    throw new CliError(
      `${what} is a package, not an image or a template.`,
      EXIT.usage,
      'run it as an image, or a bundled one by its template: quayside servers list',
    );
  if (/^(?:https?|wss?):\/\//.test(what)) return { name: called, json_spec: { type: 'url', endpoint: what } };
  if (!/[/:.]/.test(what)) return { name: called, template: what, ...given };
  const more = {
    ...(transport !== undefined && { transport }),
    ...(port !== undefined && { port: Number(port) }),
  };
  return { name: called, json_spec: { type: 'docker', image: what, ...more, ...given } };
}

/** Values that must not stand in the list of processes come by the name of a variable. */
function fromEnvironment(names: readonly string[], env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const value = env[name];
      if (value === undefined) throw new CliError(`The environment has no ${name}.`, EXIT.usage);
      return [name, value];
    }),
  );
}

/** What the API takes as a name, from what was asked for. */
export function nameFor(what: string): string {
  const place = URL.canParse(what) && what.includes('://') ? new URL(what).hostname : what;
  const last = place.split('@')[0]?.split('/').at(-1)?.split(':')[0] ?? what;
  const name = last
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  return name === '' ? 'server' : name;
}

export async function run(session: Session, what: string, options: RunOptions): Promise<void> {
  const body = bodyOf(what, options, session.env);
  const waitS = secondsOf(options.wait);
  const name = String(body['name']);
  // Who gave no name wants one more, whatever it is called.
  const names = options.name === undefined ? [name, ...numbered(name)] : [name];
  settled(session, await firstFree(session, names, { body, waitS }), waitS);
}

/** Names that are tried when nobody gave one. */
const NAMES_MAX = 20;

const numbered = (name: string): readonly string[] =>
  Array.from({ length: NAMES_MAX - 1 }, (_, at) => `${name.slice(0, 60)}-${String(at + 2)}`);

/** Made under the first of the names that is not taken; a second look at a list would be old already. */
async function firstFree(
  session: Session,
  [name = '', ...others]: readonly string[],
  request: { readonly body: object; readonly waitS: number },
): Promise<InstanceBody> {
  session.say(`Starting ${name} …`);
  try {
    const path = `${INSTANCES}?wait=${String(request.waitS)}`;
    return await session.api().call<InstanceBody>('POST', path, { ...request.body, name });
  } catch (error) {
    const isTaken = error instanceof ProblemError && error.code === 'instance_name_taken';
    if (!isTaken || others.length === 0) throw error;
    session.say(`${name} is taken.`);
    return firstFree(session, others, request);
  }
}

const SECONDS_MAX = 60;

export function secondsOf(text: string): number {
  const seconds = Number(text.replace(/s$/, ''));
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= SECONDS_MAX) return seconds;
  throw new CliError(`--wait takes 0 to ${String(SECONDS_MAX)} seconds, not "${text}".`, EXIT.usage);
}

/** Ends in what became of it, never in "submitted". */
function settled(session: Session, made: InstanceBody, waitS: number): void {
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
