import { type Command } from 'commander';
import { type CommandContext } from '../command-context';
import { connect, type ConnectOptions } from './connect';
import { change, ps, type PsOptions, type Wish } from './instances';
import { listServers, rawCall } from './listings';
import { run, type RunOptions } from './run';
import { type CallOptions, callTool, listTools } from './tools';

const WAIT = ['--wait <seconds>', 'how long to wait until it is done; 0 for not at all', '60'] as const;
const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** Servers and their tools. */
export function addRemoteCommands(program: Command, context: CommandContext): void {
  const { session, act } = context;
  program
    .command('ps')
    .alias('ls')
    .description('instances, and how they are')
    .option('--status <status>', 'only those in this state')
    .option('--query <text>', 'only those whose name or description has this text')
    .option('--label <key=value>', 'only those with this label; a key alone for any value', collected)
    .action(act((options: PsOptions) => ps(session, options)));
  program
    .command('run <what>')
    .description('run a template, an image or a remote server')
    .option('--name <name>', 'what it is called (default: after what it is)')
    .option('-e, --env <name=value>', 'a variable; not for secrets', collected)
    .option('--env-from <name>', 'a variable, with its value from this environment', collected)
    .option('--label <key=value>', 'a mark by which lists are filtered', collected)
    .option('--transport <transport>', 'of an image: streamable-http, sse or stdio')
    .option('--port <port>', 'of an image: where it listens')
    .option(...WAIT)
    .action(act((what: string, options: RunOptions) => run(session, what, options)));
  addWishes(program, context);
  addTools(program, context);
  program
    .command('connect [client] [target]')
    .description('connect a client to an instance, an endpoint or "all"; without a client, list them')
    .option('--print', 'show it, change no file', false)
    .option('--undo', 'give back the file as it was', false)
    .option('--scope <scope>', 'user or project', 'user')
    .action(
      act((client: string | undefined, target: string | undefined, options: ConnectOptions) =>
        connect(session, client, target ?? 'all', options),
      ),
    );
  program
    .command('servers')
    .description('what there is to run')
    .command('list', { isDefault: true })
    .description('the catalogue')
    .action(act(() => listServers(session)));
  program
    .command('api <method> <path>')
    .description('any operation of the API, for what has no command')
    .option('--json <body>', 'its body, or - for standard input')
    .action(
      act((method: string, path: string, { json }: { json?: string }) =>
        rawCall(session, [method, path], json),
      ),
    );
}

const WISHES: readonly (readonly [name: string, wish: Wish, words: string])[] = [
  ['start', 'start', 'start instances'],
  ['stop', 'stop', 'stop instances; they stay'],
  ['restart', 'restart', 'start instances again'],
  ['rm', 'delete', 'delete instances, with their containers, networks and secrets'],
];

function addWishes(program: Command, { session, act }: CommandContext): void {
  for (const [name, wish, words] of WISHES)
    program
      .command(`${name} <names...>`)
      .description(words)
      .option(...WAIT)
      .action(act((names: string[], { wait }: { wait: string }) => change(session, wish, names, wait)));
}

function addTools(program: Command, { session, act }: CommandContext): void {
  program
    .command('tools [server]')
    .description('the tools of all servers, or of one')
    .action(act((server: string | undefined) => listTools(session, server)));
  program
    .command('call <server> <tool> [arguments...]')
    .description('call a tool; arguments as name=value')
    .option('--json <arguments>', 'arguments as a JSON object, a file, or - for standard input')
    .option('--timeout <milliseconds>', 'how long it may take')
    .action(
      act((server: string, tool: string, pairs: string[], options: CallOptions) =>
        callTool(session, [server, tool], pairs, options),
      ),
    );
}
