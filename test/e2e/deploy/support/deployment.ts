import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from '@app/testing';
import { Api, type InstanceBody } from '../../api';
import { composeFiles } from '../../../compose-tool';
import { runToEnd } from './run-to-end';

const ROOT = join(__dirname, '..', '..', '..', '..');
const COMPOSE_LIMIT_MS = 600_000;
const HEALTHY_LIMIT_MS = 300_000;
const UP_LIMIT_MS = 900_000;

interface Container {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly State: string;
  readonly Status: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** A compose file of the project, brought up as it is by compose itself, on the engine of the tests. */
export class Deployment {
  private readonly folder = mkdtempSync(join(tmpdir(), 'quayside-compose-'));
  private readonly project = `quayside-${String(process.pid)}-${String(Date.now())}`;
  private key = '';

  constructor(
    private readonly tool: readonly string[],
    private readonly file: string,
    private readonly engineSocket: string,
    readonly url: string,
  ) {
    // The one thing that is otherwise on this machine: where the engine's socket is.
    const engine = { volumes: [`${engineSocket}:/var/run/docker.sock`, 'engine:/run/engine'] };
    writeFileSync(join(this.folder, 'here.json'), JSON.stringify({ services: { engine } }));
  }

  get api(): Api {
    return new Api(() => this.url, this.key);
  }

  async up(...options: string[]): Promise<void> {
    // Compose gives up on what others wait for as soon as it is called unhealthy; on a busy machine a start takes longer.
    await eventually(() => this.compose(['up', '--detach', '--no-build', '--no-recreate', ...options]), {
      deadlineMs: UP_LIMIT_MS,
      everyMs: 5_000,
    });
    const { output } = await this.compose(['logs', '--no-color', 'keys']);
    this.key = /Admin key (\S+)/.exec(output)?.[1] ?? '';
    if (this.key === '') throw new Error(`No admin key was printed:\n${output}`);
  }

  /** Each service with the number of its healthy containers; the ones that run once are not among them. */
  async healthy(): Promise<Readonly<Record<string, number>>> {
    const counts: Record<string, number> = {};
    for (const { Labels, State, Status } of await this.containers()) {
      const service = Labels['com.docker.compose.service'] ?? '';
      if (State !== 'exited')
        counts[service] = (counts[service] ?? 0) + (Status.includes('(healthy)') ? 1 : 0);
    }
    return counts;
  }

  isHealthy(expected: Readonly<Record<string, number>>): Promise<void> {
    return eventually(
      async () => {
        expect(await this.healthy()).toEqual(expected);
      },
      { deadlineMs: HEALTHY_LIMIT_MS, everyMs: 1_000 },
    );
  }

  async containersOf(service: string): Promise<readonly Container[]> {
    const all = await this.containers();
    return all.filter(({ Labels }) => Labels['com.docker.compose.service'] === service);
  }

  containers(): Promise<readonly Container[]> {
    return this.ask(`/containers/json?all=1&filters=${this.filters()}`);
  }

  /** What the engine still has of this project, and of instances it made: nothing, after its end. */
  async left(): Promise<readonly string[]> {
    const kinds = ['/containers/json?all=1&', '/networks?', '/volumes?'];
    const found = await Promise.all(
      kinds.map((path) => this.ask<object>(`${path}filters=${this.filters()}`)),
    );
    return found.flatMap((answer) => {
      const list = 'Volumes' in answer ? answer.Volumes : answer;
      return Array.isArray(list) ? list.map((one) => JSON.stringify(one)) : [];
    });
  }

  async reaches(name: string, status: string): Promise<InstanceBody> {
    return eventually(
      async () => {
        const found = await this.api.ok<InstanceBody>('GET', `/api/v1/mcp/instances/${name}`);
        if (found.status !== status) throw new Error(`${name} is ${found.status}: ${found.reason}`);
        return found;
      },
      { deadlineMs: 180_000, everyMs: 500 },
    );
  }

  async down(): Promise<void> {
    await this.compose(['down', '--volumes', '--remove-orphans', '--timeout', '40']);
    rmSync(this.folder, { recursive: true, force: true });
  }

  ask<T>(path: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const asked = request({ socketPath: this.engineSocket, path }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (part: string) => (text += part));
        answer.once('error', reject).once('end', () => {
          resolve(JSON.parse(text) as T);
        });
      });
      asked.once('error', reject).end();
    });
  }

  private filters(): string {
    return encodeURIComponent(JSON.stringify({ label: [`com.docker.compose.project=${this.project}`] }));
  }

  private async compose(args: readonly string[]): Promise<{ output: string }> {
    const [program = '', ...rest] = this.tool;
    const files = composeFiles(
      this.tool,
      [join(ROOT, this.file), join(this.folder, 'here.json')],
      join(this.folder, 'read'),
    );
    const child = spawn(program, [...rest, '-p', this.project, ...files, ...args], {
      env: {
        PATH: process.env['PATH'],
        HOME: this.folder,
        DOCKER_HOST: `unix://${this.engineSocket}`,
        COMPOSE_HTTP_TIMEOUT: '300',
        PUBLIC_URL: this.url,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { code, output } = await runToEnd(child, COMPOSE_LIMIT_MS);
    if (code !== 0) throw new Error(`compose ${args.join(' ')} ended with ${String(code)}:\n${output}`);
    return { output };
  }
}
