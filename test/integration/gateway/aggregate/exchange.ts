import { DEFAULT_WORKSPACE_ID, type JsonObject } from '@app/kernel';
import { type RpcNotification } from '@app/mcp';
import {
  type Destination,
  type Exchange,
  type McpClient,
} from '../../../../src/gateway/terminal/conversation';

/** What a front would be to a conversation: remembers what is said and answers what is asked. */
export class FakeExchange implements Exchange {
  readonly traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  readonly said: RpcNotification[] = [];
  readonly asked: string[] = [];
  readonly destinations: Destination[] = [];
  private readonly controller = new AbortController();

  constructor(private readonly answer: JsonObject = { action: 'accept', content: { name: 'Ada' } }) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }
  say(message: RpcNotification): void {
    this.said.push(message);
  }
  ask(method: string): Promise<JsonObject> {
    this.asked.push(method);
    return Promise.resolve(this.answer);
  }
  routed(to: Destination): void {
    this.destinations.push(to);
  }
  leave(): void {
    this.controller.abort(new Error('the client went away'));
  }
}

export function clientOf(about: Partial<McpClient> & { id?: string } = {}): McpClient {
  const { id = 'ada', ...more } = about;
  return {
    principal: {
      id,
      kind: 'key',
      name: id,
      role: 'admin',
      permissions: 'all',
      workspaceId: DEFAULT_WORKSPACE_ID,
    },
    era: 'older',
    protocolVersion: '2025-11-25',
    capabilities: {},
    info: { name: 'test', version: '1' },
    ...more,
  };
}
