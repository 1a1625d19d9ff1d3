import { ProblemError } from '@app/client';
import { CliError, EXIT } from '../failures';
import { type Session } from '../session';
import { split } from './arguments';
import { type InstanceBody, INSTANCES, pathOf, secondsOf, settled } from './instances';

export interface RunOptions {
  readonly name?: string;
  readonly env?: readonly string[];
  readonly envFrom?: readonly string[];
  readonly label?: readonly string[];
  readonly wait: string;
  readonly transport?: string;
  readonly port?: string;
}

const isAddress = (what: string): boolean => /^(?:https?|wss?):\/\//.test(what);
const isTemplate = (what: string): boolean => !/[/:.]/.test(what);

/** A URL is a remote server, what looks like an image is one, any other word is a template. */
export function bodyOf(
  what: string,
  { name, env, envFrom = [], label, transport, port }: RunOptions,
  environment: NodeJS.ProcessEnv,
): Record<string, unknown> {
  const given = unlessEmpty('environment', { ...pairs(env), ...fromEnvironment(envFrom, environment) });
  const about = { name: name ?? nameFor(what), ...unlessEmpty('labels', pairs(label)) };
  if (/^(?:npx|uvx):/.test(what))
    throw new CliError(
      `${what} is a package, not an image or a template.`,
      EXIT.usage,
      'run it as an image, or a bundled one by its template: quayside servers list',
    );
  if (isAddress(what)) return { ...about, json_spec: { type: 'url', endpoint: what } };
  if (isTemplate(what)) return { ...about, template: what, ...given };
  const more = {
    ...(transport !== undefined && { transport }),
    ...(port !== undefined && { port: Number(port) }),
  };
  return { ...about, json_spec: { type: 'docker', image: what, ...more, ...given } };
}

const pairs = (texts: readonly string[] = []): Readonly<Record<string, string>> =>
  Object.fromEntries(texts.map(split));

const unlessEmpty = (member: string, values: Readonly<Record<string, string>>): object =>
  Object.keys(values).length === 0 ? {} : { [member]: values };

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
  const wish = { what, body, waitS, isPlain: Object.keys(options).every((option) => option === 'wait') };
  settled(session, await firstFree(session, names, wish), waitS);
}

interface WishToRun {
  readonly what: string;
  readonly body: object;
  readonly waitS: number;
  /** No option says how it shall be: the same that runs already will do. */
  readonly isPlain: boolean;
}

/** Names that are tried when nobody gave one. */
const NAMES_MAX = 20;

const numbered = (name: string): readonly string[] =>
  Array.from({ length: NAMES_MAX - 1 }, (_, at) => `${name.slice(0, 60)}-${String(at + 2)}`);

/** Made under the first of the names that is not taken; a second look at a list would be old already. */
async function firstFree(
  session: Session,
  [name = '', ...others]: readonly string[],
  wish: WishToRun,
): Promise<InstanceBody> {
  session.say(`Starting ${name} …`);
  const query = `?wait=${String(wish.waitS)}`;
  try {
    return await session.api().call<InstanceBody>('POST', `${INSTANCES}${query}`, { ...wish.body, name });
  } catch (error) {
    const isTaken = error instanceof ProblemError && error.code === 'instance_name_taken';
    if (!isTaken || others.length === 0) throw error;
    if (wish.isPlain && (await runsAlready(session, wish.what, name))) {
      session.say(`${name} runs already.`);
      // It changes nothing where it is wanted running; it may be on its way there.
      return session.api().call<InstanceBody>('POST', `${pathOf(name, '/start')}${query}`);
    }
    session.say(`${name} is taken.`);
    return firstFree(session, others, wish);
  }
}

/** Whether the one of that name is wanted running and was made of the same. */
async function runsAlready(session: Session, what: string, name: string): Promise<boolean> {
  const found = await ifThere<InstanceBody>(session, pathOf(name));
  if (found?.desired_state !== 'running') return false;
  const { type, image, endpoint } = found.json_spec;
  if (isAddress(what)) return type === 'url' && endpoint === what;
  if (!isTemplate(what)) return type === 'docker' && image === what;
  const path = `/api/v1/mcp/servers/${encodeURIComponent(what)}`;
  const template = await ifThere<{ readonly id: string }>(session, path);
  return template !== undefined && template.id === found.server_spec_id;
}

async function ifThere<T>(session: Session, path: string): Promise<T | undefined> {
  try {
    return await session.api().call<T>('GET', path);
  } catch (error) {
    if (error instanceof ProblemError && error.status === 404) return undefined;
    throw error;
  }
}
