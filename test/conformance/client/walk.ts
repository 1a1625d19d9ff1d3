import {
  connectMcp,
  type McpAuth,
  type McpEra,
  type McpFetch,
  type McpSession,
  OAuthTokenSource,
} from '@app/mcp';
import { EgressPolicy, type FetchLike, guardedFetch } from '@app/security';
import { answerServer, CAPABILITIES } from './answers';
import { exampleOf } from './examples';
import { InteractiveLogin } from './login';

export interface Walk {
  readonly url: string;
  readonly scenario: string;
  readonly era: McpEra;
  readonly context: Readonly<Record<string, unknown>>;
}

interface ToolCall {
  readonly name: string;
  readonly arguments: Record<string, never>;
}

const TIMEOUT_MS = 20_000;
const MAX_CALLS = 20;
/** Its server lists a tool only to see what becomes of the schema. */
const LOOK_ONLY = 'json-schema-ref-no-deref';

/** Does what any client does: shakes hands, looks at what there is, and uses each thing once. */
export async function walk({ url, scenario, era, context }: Walk): Promise<void> {
  // The scenarios' servers are on this machine, under the names that people would type.
  const fetch = guardedFetch(new EgressPolicy({ localMode: true }), { maxRedirects: 0 });
  const auth = authOf(scenario, url, context, fetch);
  const session = await connectMcp({
    url,
    fetch,
    prefer: era,
    serverName: scenario,
    timeoutMs: TIMEOUT_MS,
    clientInfo: { name: 'quayside-conformance', version: '1.0.0' },
    clientCapabilities: CAPABILITIES,
    onRequest: answerServer,
    ...(auth === undefined ? {} : { auth }),
  });
  try {
    await useTools(session, scenario === LOOK_ONLY ? { toolCalls: [] } : context);
    await useResources(session);
    await usePrompts(session);
  } finally {
    await session.close();
    await fetch.close();
  }
}

async function useTools(session: McpSession, context: Walk['context']): Promise<void> {
  const tools = await session.listTools();
  const asked = context.toolCalls as readonly ToolCall[] | undefined;
  const calls = asked ?? tools.map(({ name, inputSchema }) => ({ name, arguments: exampleOf(inputSchema) }));
  for (const { name, arguments: args } of calls.slice(0, MAX_CALLS)) await session.callTool(name, args);
}

async function useResources(session: McpSession): Promise<void> {
  if (session.capabilities.resources === undefined) return;
  const [first] = await session.listResources();
  if (first !== undefined) await session.readResource(first.uri);
}

async function usePrompts(session: McpSession): Promise<void> {
  if (session.capabilities.prompts === undefined) return;
  const [first] = await session.listPrompts();
  if (first !== undefined) await session.getPrompt(first.name, {});
}

function authOf(
  scenario: string,
  resource: string,
  context: Walk['context'],
  fetch: McpFetch & FetchLike,
): McpAuth | undefined {
  const text = (name: string): string => String(context[name]);
  const common = { clientId: text('client_id'), resource, serverName: scenario };
  const tokens = new OAuthTokenSource({ fetch });
  switch (scenario) {
    case 'auth/client-credentials-basic':
      return tokens.authFor({ ...common, proof: { kind: 'secret', secret: text('client_secret') } });
    case 'auth/client-credentials-jwt':
      return tokens.authFor({
        ...common,
        proof: { kind: 'key', pem: text('private_key_pem'), algorithm: text('signing_algorithm') },
      });
    default:
      return scenario.startsWith('auth/') ? new InteractiveLogin(resource, fetch, context) : undefined;
  }
}
