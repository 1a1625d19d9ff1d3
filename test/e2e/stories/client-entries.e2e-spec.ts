import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseConfigFileTextToJson } from 'typescript';
import { commandLine } from '../command-line';
import { Installation } from '../installation';
import { type OfficialClient, sdkOne, sdkTwoNewer } from '../official-clients';

/** Guards against hanging: on a busy machine a start takes long. */
jest.setTimeout(300_000);

/** What the user has beside the file: variables of the shell, and what they type where they are asked or told to. */
interface User {
  readonly variables: Readonly<Record<string, string>>;
  readonly key: string;
}
interface Entry {
  readonly url?: string;
  readonly httpUrl?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
interface Reached {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}
type Members = Readonly<Record<string, Readonly<Record<string, Entry>> | undefined>>;

const NAME = 'quayside-everything';
const PASTE = '<your Quayside API key>';
const entryOf = (text: string, member: string): Entry => {
  const found = (JSON.parse(text) as Members)[member]?.[NAME];
  if (found === undefined) throw new Error(`There is no ${member}.${NAME}.`);
  return found;
};
const replaced = (headers: Entry['headers'] = {}, how: (text: string) => string): Reached['headers'] =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, how(value)]));

/** Only what has a type is a remote server; `${NAME}` and `${NAME:-default}` are taken from the environment. */
function readByClaudeCode(text: string, { variables }: User): Reached {
  const { type, url = '', headers } = entryOf(text, 'mcpServers');
  if (type !== 'http') throw new Error(`A server of type ${type ?? 'stdio'} is no remote one.`);
  const expanded = (value: string): string =>
    value.replaceAll(/\$\{(\w+)(?::-([^}]*))?\}/g, (_all, name: string, otherwise?: string) => {
      const known = variables[name] ?? otherwise;
      if (known === undefined) throw new Error(`The environment has no ${name}.`);
      return known;
    });
  return { url: expanded(url), headers: replaced(headers, expanded) };
}

/** JSON with comments; below `servers`; what the user is asked for is declared among `inputs`. */
function readByCode(text: string, { key }: User): Reached {
  const file = parseConfigFileTextToJson('mcp.json', text).config as Members & {
    readonly inputs?: readonly { readonly id: string; readonly type: string }[];
  };
  const entry = file.servers?.[NAME];
  if (entry?.type !== 'http') throw new Error('There is no server of type http.');
  const asked = (value: string): string =>
    value.replaceAll(/\$\{input:([\w-]+)\}/g, (_all, id: string) => {
      if (file.inputs?.find((one) => one.id === id)?.type !== 'promptString')
        throw new Error(`Nobody is asked for ${id}.`);
      return key;
    });
  return { url: entry.url ?? '', headers: replaced(entry.headers, asked) };
}

const pasted = (headers: Entry['headers'], { key }: User): Reached['headers'] =>
  replaced(headers, (value) => value.replace(PASTE, key));

/** What has a `url` is remote, and its headers are sent as they are. */
function readByCursor(text: string, user: User): Reached {
  const { url = '', headers } = entryOf(text, 'mcpServers');
  return { url, headers: pasted(headers, user) };
}

/** `httpUrl` is streamable HTTP; `url` would be SSE. */
function readByGemini(text: string, user: User): Reached {
  const { httpUrl, headers } = entryOf(text, 'mcpServers');
  if (httpUrl === undefined) throw new Error('It would be spoken to by SSE.');
  return { url: httpUrl, headers: pasted(headers, user) };
}

/** The table of its server: a key by the name of its variable; `headers` means nothing here, and a key itself is refused. */
function readByCodex(text: string, { variables }: User): Reached {
  const [, table = ''] = text.split(`[mcp_servers.${NAME}]\n`);
  const [own = ''] = table.split(/^\[/m);
  const members = new Map(
    [...own.matchAll(/^(\w+) = "([^"]*)"$/gm)].map(([, name = '', value = '']) => [name, value]),
  );
  if (members.has('bearer_token')) throw new Error('A key in the file is refused.');
  const key = variables[members.get('bearer_token_env_var') ?? ''];
  return {
    url: members.get('url') ?? '',
    headers: key === undefined ? {} : { Authorization: `Bearer ${key}` },
  };
}

interface Reader {
  readonly client: string;
  readonly args: readonly string[];
  readonly file: string;
  /** What its user has in the file already. */
  readonly before: string;
  readonly read: (text: string, user: User) => Reached;
}
const OTHER =
  '{\n  "theme": "dark",\n  "mcpServers": { "other": { "url": "https://other.example/mcp" } }\n}\n';
const READERS: readonly Reader[] = [
  {
    ...{ client: 'claude-code', args: ['--scope', 'project'], file: '.mcp.json', read: readByClaudeCode },
    before: '{ "mcpServers": { "other": { "type": "http", "url": "https://other.example/mcp" } } }\n',
  },
  {
    ...{ client: 'vscode', args: [], file: '.config/Code/User/mcp.json', read: readByCode },
    before:
      '// mine\n{ "servers": { "other": { "type": "stdio", "command": "x" } }, /* none yet */ "inputs": [] }\n',
  },
  { ...{ client: 'cursor', args: [], file: '.cursor/mcp.json', read: readByCursor }, before: OTHER },
  { ...{ client: 'gemini-cli', args: [], file: '.gemini/settings.json', read: readByGemini }, before: OTHER },
  {
    ...{ client: 'codex', args: [], file: '.codex/config.toml', read: readByCodex },
    before: 'model = "any"\n\n[mcp_servers.other] # theirs\nurl = "https://other.example/mcp"\n',
  },
];
const SDKS: readonly OfficialClient[] = [sdkOne, sdkTwoNewer];

describe('E23: what "quayside connect" writes', () => {
  const home = mkdtempSync(join(tmpdir(), 'quayside-connect-'));
  let quayside: Installation;

  beforeAll(async () => {
    quayside = await Installation.start();
    await quayside.api.ok('POST', '/api/v1/mcp/instances', { name: 'everything', template: 'everything' });
    await quayside.reaches('everything', 'running', 120_000);
  }, 300_000);
  afterAll(async () => {
    await (quayside as Installation | undefined)?.stop();
    rmSync(home, { recursive: true });
  }, 120_000);

  it.each(READERS)(
    'leads $client to the tools of the server',
    async ({ client, args, file, before, read }) => {
      const path = join(home, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, before);
      const connect = ['connect', client, 'everything', ...args];
      expect((await commandLine(quayside, home, connect)).code).toBe(0);

      const text = readFileSync(path, 'utf8');
      expect(text).toContain('other');
      expect(text).not.toContain(quayside.key);
      const { url, headers } = read(text, {
        variables: { QUAYSIDE_TOKEN: quayside.key },
        key: quayside.key,
      });
      expect(new URL(url).pathname).toBe('/servers/everything/mcp');
      const [, key = ''] = /^Bearer (\S+)$/.exec(headers['Authorization'] ?? '') ?? [];
      for (const sdk of SDKS) expect((await sdk(url, key, [])).tools).toContain('echo');

      expect((await commandLine(quayside, home, [...connect, '--undo'])).code).toBe(0);
      expect(readFileSync(path, 'utf8')).toBe(before);
    },
  );
});
