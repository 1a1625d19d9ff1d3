/** What the three steps are judged by: facts of the installation, not clicks on this page. */
export interface Facts {
  readonly instances: readonly { readonly name: string; readonly status: string }[];
  readonly clients: readonly SeenClient[];
  readonly calls: readonly { readonly server_name: string | null; readonly calls: number }[];
}

export interface SeenClient {
  readonly client_name: string;
  readonly connected_at: string;
  readonly called_at?: string;
  readonly tool_name?: string;
}

export interface Progress {
  readonly running: readonly string[];
  /** The one to show while none runs yet. */
  readonly starting: { readonly name: string; readonly status: string } | undefined;
  readonly client: SeenClient | undefined;
  readonly caller: SeenClient | undefined;
  readonly called: boolean;
}

/** The first start calls one tool of it by itself, to show that everything works; that is no step of the user's. */
const DEMO = 'everything';
const DEMO_CALLS = 1;

export function progressOf({ instances, clients, calls }: Facts): Progress {
  const caller = clients.find(({ called_at: at }) => at !== undefined);
  return {
    running: instances.filter(({ status }) => status === 'running').map(({ name }) => name),
    starting: instances.find(({ status }) => status !== 'running' && status !== 'stopped'),
    client: clients[0],
    caller,
    called: caller !== undefined || callsOf(calls) > 0,
  };
}

function callsOf(calls: Facts['calls']): number {
  const total = calls.reduce((sum, { calls: count }) => sum + count, 0);
  return calls.some(({ server_name: server }) => server === DEMO) ? total - DEMO_CALLS : total;
}

export const isDone = ({ running, client, called }: Progress): boolean =>
  running.length > 0 && client !== undefined && called;
