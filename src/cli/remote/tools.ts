import { readFileSync } from 'node:fs';
import { CliError, EXIT } from '../failures';
import { type Listing } from '../output/formats';
import { column } from '../output/table';
import { type Session } from '../session';
import { answersOf, cancelled, type InputRequired, nobodyThere } from './asked';
import { argumentsOf, objectOf } from './arguments';

interface ToolBody {
  readonly server_name: string;
  readonly name: string;
  readonly description: string;
  readonly input_schema: object;
}
interface ToolList {
  readonly tools: readonly ToolBody[];
  readonly degraded: readonly { readonly server_name: string; readonly reason: string }[];
}
interface Content {
  readonly type: string;
  readonly text?: string;
  readonly mimeType?: string;
  readonly uri?: string;
}
interface CallAnswer {
  readonly content: readonly Content[];
  readonly is_error: boolean;
  readonly duration_ms: number;
  readonly input_required?: InputRequired;
}

const LISTING: Listing<ToolBody> = {
  name: ({ server_name: server, name }) => `${server} ${name}`,
  columns: [
    column('server', ({ server_name: server }) => server),
    column('tool', ({ name }) => name),
    column('description', ({ description }) => description),
  ],
};

export async function listTools(session: Session, server: string | undefined): Promise<void> {
  const { tools, degraded } = await toolsOf(session, server);
  session.list(tools, LISTING, 'No tools. "quayside ps" shows what runs.');
  for (const { server_name: name, reason } of degraded) session.say(`${name} is not heard: ${reason}`);
}

/** With those that ask on the way: `call` can be asked. */
function toolsOf(session: Session, server: string | undefined): Promise<ToolList> {
  const query = new URLSearchParams({ accept_input: 'true' });
  if (server !== undefined) query.set('server_name', server);
  return session.api().call('GET', `/api/v1/mcp/tools?${query.toString()}`);
}

export interface CallOptions {
  readonly json?: string;
  readonly timeout?: string;
}

export async function callTool(
  session: Session,
  [server, tool]: readonly [string, string],
  pairs: readonly string[],
  { json, timeout }: CallOptions,
): Promise<void> {
  const given = json === undefined ? {} : objectOf(await textOf(session, json), '--json');
  const schema = pairs.length === 0 ? {} : await schemaOf(session, server, tool);
  const answer = await answered(session, {
    ...{ server_name: server, tool_name: tool, arguments: { ...given, ...argumentsOf(pairs, schema) } },
    ...(timeout === undefined ? {} : { timeout_ms: Number(timeout) }),
    accept_input: true,
  });
  session.show(answer, () => answer.content.map(wordsOf).join('\n'));
  session.say(`${server} → ${tool}: ${String(Math.round(answer.duration_ms))} ms`);
  if (answer.is_error) session.exitCode = EXIT.toolError;
}

/** Through all that the server asks on the way; the gateway bounds how often that may be. */
async function answered(
  session: Session,
  body: { readonly server_name: string; readonly [member: string]: unknown },
): Promise<CallAnswer> {
  const call = (more: object): Promise<CallAnswer> =>
    session.api().call<CallAnswer>('POST', '/api/v1/mcp/tools/call', { ...body, ...more });
  let answer = await call({});
  while (answer.input_required !== undefined) {
    const asked = answer.input_required;
    const { prompt } = session.terminal;
    if (prompt === undefined) {
      // A program that reads what is asked can answer it by itself; nobody else will.
      if (session.format === 'json' || session.format === 'yaml') session.show(answer, () => '');
      else await call({ input_responses: cancelled(asked), request_state: asked.request_state });
      throw nobodyThere(body.server_name);
    }
    const replies = await answersOf(session, prompt, body.server_name, asked);
    answer = await call({ input_responses: replies, request_state: asked.request_state });
  }
  return answer;
}

/** Whether a tool is there, its call says; here only the types matter. */
async function schemaOf(session: Session, server: string, tool: string): Promise<object> {
  const { tools } = await toolsOf(session, server);
  return tools.find(({ name }) => name === tool)?.input_schema ?? {};
}

async function textOf({ terminal }: Session, source: string): Promise<string> {
  if (source === '-') return terminal.input();
  if (source.trimStart().startsWith('{')) return source;
  try {
    return readFileSync(source, 'utf8');
  } catch {
    throw new CliError(
      `${source} cannot be read.`,
      EXIT.usage,
      '--json takes a file, a JSON object, or - for standard input',
    );
  }
}

const wordsOf = ({ type, text, mimeType, uri }: Content): string =>
  text ?? `[${type}${mimeType === undefined ? '' : ` ${mimeType}`}${uri === undefined ? '' : ` ${uri}`}]`;
