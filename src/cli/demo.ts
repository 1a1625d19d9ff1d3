import { ProblemError } from '@app/client';
import { type ApiClient } from './api-client';

/** The bundled server that the first run starts: the official test server, so that every kind of tool is there to try. */
const DEMO_INSTANCE = 'everything';
const DEMO_WAIT_S = 60;

interface Instance {
  readonly id: string;
  readonly status: string;
  readonly reason: string;
}
interface ToolResult {
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly duration_ms: number;
}

/**
 * Creates the demo instance, waits until it runs and calls one of its tools through the gateway.
 * Answers the line to print. Throws with a reason a user can act on.
 */
export async function showDemo(api: ApiClient): Promise<string> {
  const instance = await createOrFind(api);
  if (instance.status !== 'running') throw new Error(`it is ${instance.status}: ${instance.reason}`);
  const result = await api.call<ToolResult>('POST', '/api/v1/mcp/tools/call', {
    server_name: DEMO_INSTANCE,
    tool_name: 'echo',
    arguments: { message: 'Hello from Quayside' },
  });
  const text = result.content.find(({ type }) => type === 'text')?.text ?? '';
  return `${DEMO_INSTANCE} → echo: "${text}" (${String(Math.round(result.duration_ms))} ms)`;
}

async function createOrFind(api: ApiClient): Promise<Instance> {
  const body = {
    name: DEMO_INSTANCE,
    template: 'everything',
    description: 'Made by the first start, to try things on.',
  };
  try {
    return await api.call<Instance>('POST', `/api/v1/mcp/instances?wait=${String(DEMO_WAIT_S)}`, body);
  } catch (error) {
    if (!(error instanceof ProblemError) || error.status !== 409) throw error;
    return api.call<Instance>('GET', `/api/v1/mcp/instances/${DEMO_INSTANCE}`);
  }
}
