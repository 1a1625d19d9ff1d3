import { request } from 'node:http';
import { eventually } from '@app/testing';

const LIMIT_MS = 30_000;

interface Listed {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
  readonly State: string;
}

interface SwarmNode {
  readonly ID: string;
  readonly Version: { readonly Index: number };
  readonly Spec: object;
}

/** What the tests read of `docker inspect`. */
export interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly State: { readonly Status: string; readonly Pid: number };
  readonly Config: {
    readonly User: string;
    readonly Env: readonly string[];
    readonly Labels: Readonly<Record<string, string>>;
  };
  readonly HostConfig: Readonly<Record<string, unknown>>;
  readonly Mounts: readonly { readonly Source: string; readonly Destination: string; readonly RW: boolean }[];
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, unknown>> | null;
    readonly Networks: Readonly<Record<string, { readonly NetworkID: string; readonly IPAddress: string }>>;
  };
}

/** The container engine as its own command line sees it: a witness that knows nothing of the product's adapter. */
export class Engine {
  constructor(private readonly socketPath: string) {}

  containersOf(instanceId: string): Promise<readonly Listed[]> {
    return this.ask('GET', `/containers/json?all=1&filters=${labelled(instanceId)}`);
  }

  networksOf(instanceId: string): Promise<readonly { readonly Id: string }[]> {
    return this.ask('GET', `/networks?filters=${labelled(instanceId)}`);
  }

  inspect(id: string): Promise<Inspected> {
    return this.ask('GET', `/containers/${id}/json`);
  }

  image(name: string): Promise<object> {
    return this.ask('GET', `/images/${name}/json`);
  }

  network(id: string): Promise<{ readonly Internal: boolean; readonly Options: Record<string, string> }> {
    return this.ask('GET', `/networks/${id}`);
  }

  async exists(id: string): Promise<boolean> {
    const { status } = await this.send('GET', `/containers/${id}/json`);
    return status === 200;
  }

  async create(name: string, body: object): Promise<string> {
    const { Id } = await this.ask<{ Id: string }>('POST', `/containers/create?name=${name}`, body);
    return Id;
  }

  async start(id: string): Promise<void> {
    await this.ask('POST', `/containers/${id}/start`);
  }

  async kill(id: string): Promise<void> {
    await this.ask('POST', `/containers/${id}/kill`);
  }

  /** The exit code of a program that is run beside the one of the container. */
  async exec(id: string, command: readonly string[]): Promise<number> {
    const { Id } = await this.ask<{ Id: string }>('POST', `/containers/${id}/exec`, { Cmd: command });
    await this.ask('POST', `/exec/${Id}/start`, { Detach: true });
    return eventually(async () => {
      const { Running, ExitCode } = await this.ask<{ Running: boolean; ExitCode: number | null }>(
        'GET',
        `/exec/${Id}/json`,
      );
      if (Running || ExitCode === null) throw new Error(`${command.join(' ')} still runs.`);
      return ExitCode;
    });
  }

  /** What a swarm holds of an installation, by kind; kinds of which there is nothing are left out. */
  everythingOf(installation: string): Promise<Readonly<Record<string, readonly object[]>>> {
    return this.held(`quayside.installation=${installation}`);
  }

  /** The same of an instance. */
  async heldOf(instanceId: string): Promise<readonly object[]> {
    return Object.values(await this.held(`quayside.instance=${instanceId}`)).flat();
  }

  private async held(label: string): Promise<Readonly<Record<string, readonly object[]>>> {
    const filters = encodeURIComponent(JSON.stringify({ label: [label] }));
    const held: Record<string, readonly object[]> = {};
    for (const kind of ['services', 'secrets', 'networks', 'containers'] as const) {
      const path = kind === 'containers' ? 'containers/json?all=1&' : `${kind}?`;
      const found = await this.ask<readonly object[]>('GET', `/${path}filters=${filters}`);
      if (found.length > 0) held[kind] = found;
    }
    return held;
  }

  /** Of the one node of a swarm. */
  async setAvailability(availability: 'active' | 'drain'): Promise<void> {
    const [node] = await this.ask<readonly SwarmNode[]>('GET', '/nodes');
    if (node === undefined) throw new Error('The swarm has no node.');
    const path = `/nodes/${node.ID}/update?version=${String(node.Version.Index)}`;
    await this.ask('POST', path, { ...node.Spec, Availability: availability });
  }

  async remove(id: string): Promise<void> {
    await this.ask('DELETE', `/containers/${id}?force=1`);
  }

  private async ask<T>(method: string, path: string, body?: object): Promise<T> {
    const { status, text } = await this.send(method, path, body);
    if (status >= 400) throw new Error(`${method} ${path}: ${String(status)} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  private send(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ readonly status: number; readonly text: string }> {
    return new Promise((resolve, reject) => {
      const headers = body === undefined ? {} : { 'content-type': 'application/json' };
      const options = { socketPath: this.socketPath, method, path, headers, timeout: LIMIT_MS };
      const asked = request(options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('error', reject).once('end', () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
      });
      asked.once('error', reject).once('timeout', () => asked.destroy(new Error('the engine is silent')));
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

const labelled = (instanceId: string): string =>
  encodeURIComponent(JSON.stringify({ label: [`quayside.instance=${instanceId}`] }));
