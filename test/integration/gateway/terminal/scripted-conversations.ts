import { type JsonObject } from '@app/kernel';
import { isObject, McpRequestRefusedError, notification, type RpcNotification } from '@app/mcp';
import {
  type Conversation,
  Conversations,
  type Description,
  type Exchange,
  type Interest,
  type McpClient,
  type Subscription,
  type TerminalFace,
} from '../../../../src/gateway/terminal/conversation';

const text = (said: unknown): JsonObject => ({
  content: [{ type: 'text', text: typeof said === 'string' ? said : JSON.stringify(said) }],
});
const REGION = {
  type: 'object',
  properties: { region: { type: 'string', 'x-mcp-header': 'Region' } },
} as const;
const TOOLS = ['echo', 'count', 'log', 'sample', 'elicit', 'twice', 'wait', 'newer', 'task', 'broken'];
const QUESTION = {
  message: 'Who?',
  requestedSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
} as const;

/** What would stand behind a terminated face, without upstreams: tools that do what the fronts must cope with. */
export class ScriptedConversations extends Conversations {
  readonly opened: ScriptedConversation[] = [];
  readonly aborted: unknown[] = [];
  readonly notified: string[] = [];
  readonly levels: string[] = [];
  runs = 0;
  /** Calls that wait to be given up. */
  waiting = 0;

  override open(_face: TerminalFace, client: McpClient): Conversation {
    const conversation = new ScriptedConversation(this, client);
    this.opened.push(conversation);
    return conversation;
  }

  /** To everybody who listens for it. */
  tell(message: RpcNotification): void {
    for (const { subscribers } of this.opened) for (const say of subscribers.values()) say(message);
  }

  get interests(): Interest[] {
    return this.opened.flatMap(({ subscribers }) => [...subscribers.keys()]);
  }
}

class ScriptedConversation implements Conversation {
  readonly subscribers = new Map<Interest, (message: RpcNotification) => void>();
  isClosed = false;

  constructor(
    private readonly script: ScriptedConversations,
    readonly client: McpClient,
  ) {}

  describe(): Promise<Description> {
    return Promise.resolve({
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: {},
        logging: {},
        extensions: { 'example.org/more': {} },
      },
      instructions: 'Be kind.',
      degraded: [{ serverName: 'dead', reason: 'refused', since: new Date(0), nextAttemptAt: null }],
      ttlMs: 1_000,
      cacheScope: 'private',
    });
  }

  async request(method: string, params: JsonObject, exchange: Exchange): Promise<JsonObject> {
    if (method === 'tools/list')
      return {
        tools: [...TOOLS, 'region'].map((name) => ({
          name,
          inputSchema: name === 'region' ? REGION : { type: 'object' },
        })),
        ttlMs: 5_000,
        resultType: 'complete',
      };
    if (method === 'resources/read')
      throw new McpRequestRefusedError(
        'Resource not found',
        -32602,
        { serverName: 's' },
        { uri: params.uri },
      );
    if (method !== 'tools/call')
      throw new McpRequestRefusedError('Method not found', -32601, { serverName: 's' });
    this.script.runs += 1;
    return this.call(params, exchange);
  }

  inputSchemaOf(tool: string): Promise<JsonObject | undefined> {
    return Promise.resolve(tool === 'region' ? REGION : undefined);
  }

  notify(method: string): void {
    this.script.notified.push(method);
  }

  subscribe(interest: Interest, say: (message: RpcNotification) => void): Promise<Subscription> {
    this.subscribers.set(interest, say);
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const stop = (): void => {
      this.subscribers.delete(interest);
      end();
    };
    const resourceUris = interest.resourceUris.filter((uri) => uri.startsWith('note:'));
    return Promise.resolve({
      granted: { ...interest, promptsListChanged: false, resourceUris },
      ended,
      stop,
    });
  }

  setLogLevel(level: string): Promise<void> {
    this.script.levels.push(level);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.isClosed = true;
    this.subscribers.clear();
    return Promise.resolve();
  }

  private call(params: JsonObject, exchange: Exchange): JsonObject | Promise<JsonObject> {
    const name = typeof params.name === 'string' ? params.name : '';
    exchange.routed({ instanceId: 'i-1', serverName: 'scripted', target: name });
    if (name !== 'newer' && params.requestState !== undefined)
      throw new McpRequestRefusedError('requestState is not one of ours', -32602, { serverName: 's' });
    if (name === 'wait') return this.untilAborted(exchange);
    return SCRIPTS.get(name)?.(exchange, params) ?? text(params.arguments ?? {});
  }

  private untilAborted(exchange: Exchange): Promise<JsonObject> {
    const { signal } = exchange;
    this.script.waiting += 1;
    exchange.say(notification('notifications/progress', { progressToken: 0, progress: 1 }));
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        this.script.waiting -= 1;
        this.script.aborted.push(exchange.signal.reason);
        reject(exchange.signal.reason as Error);
      });
    });
  }
}

type Script = (exchange: Exchange, params: JsonObject) => JsonObject | Promise<JsonObject>;

const SCRIPTS: ReadonlyMap<string, Script> = new Map<string, Script>([
  ['count', count],
  ['log', log],
  [
    'sample',
    async (exchange) => text(await exchange.ask('sampling/createMessage', { messages: [], maxTokens: 9 })),
  ],
  ['elicit', async (exchange) => text(await exchange.ask('elicitation/create', QUESTION))],
  ['twice', twice],
  ['newer', (_exchange, params) => newerTool(params)],
  ['task', () => ({ resultType: 'task', taskId: 't-1' })],
  ['broken', () => Promise.reject(new Error('a fault of ours, with words that nobody may see'))],
]);

function count(exchange: Exchange, { _meta }: JsonObject): JsonObject {
  const progressToken = isObject(_meta) ? (_meta.progressToken ?? 0) : 0;
  for (const progress of [1, 2])
    exchange.say(notification('notifications/progress', { progressToken, progress, total: 2 }));
  return text('counted');
}

function log(exchange: Exchange): JsonObject {
  for (const level of ['debug', 'error'])
    exchange.say(notification('notifications/message', { level, data: `a ${level}` }));
  return text('logged');
}

/** One question, then two at once. */
async function twice(exchange: Exchange): Promise<JsonObject> {
  const first = await exchange.ask('elicitation/create', QUESTION);
  const both = [exchange.ask('roots/list', {}), exchange.ask('elicitation/create', QUESTION)];
  return text([first, await Promise.all(both)]);
}

/** Asks two rounds, as a server of the newer era does. */
function newerTool({ inputResponses, requestState }: JsonObject): JsonObject {
  const round = requestState === undefined ? 0 : Number(requestState);
  if (round === 2) return { resultType: 'complete', ...text(inputResponses) };
  return {
    resultType: 'input_required',
    inputRequests: { [`round${round}`]: { method: 'elicitation/create', params: QUESTION } },
    requestState: String(round + 1),
  };
}
