import { join } from 'node:path';
import { ApiClient } from './api-client';
import { showDemo } from './demo';
import { ExampleAgent, wantsExampleAgent } from './example-agent';
import { Home, type HomeSecrets } from './home';
import { fileLine, firstLinkIn, terminalLine } from './log-view';
import { choosePort, findEngine, type EngineFound } from './preflight';
import { RotatingFile } from './rotating-file';
import { LauncherLock } from './running';
import { checkSettings, serverEnvironment, type ServerAddress } from './server-environment';
import { EXIT_CONFIG, ServerProcess } from './server-process';
import { openStores, type Stores } from './stores';

const DEFAULT_PORT = 8080;
const READY_LIMIT_MS = 120_000;
const READY_POLL_MS = 50;
/** The server's own limit (SHUTDOWN_TIMEOUT, 25 s) and a little. */
const STOP_LIMIT_MS = 30_000;

/** A start that cannot go on, in words for the terminal. */
export class StartError extends Error {}

interface Started {
  readonly url: string;
  readonly stores: Stores;
  readonly engine: EngineFound;
  readonly secrets: HomeSecrets;
  readonly readyMs: number;
}

/** `quayside up`: everything a checkout needs, until Ctrl-C. */
export class Launcher {
  private readonly startedAt = Date.now();
  private readonly home: Home;
  private readonly lock: LauncherLock;
  private readonly log: RotatingFile;
  private stores: Stores | undefined;
  private server: ServerProcess | undefined;
  private agent: ExampleAgent | undefined;
  private stopping: Promise<void> | undefined;
  private firstLink: string | undefined;

  constructor(
    dataDir: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly options: { readonly demo: boolean },
  ) {
    this.home = new Home(dataDir);
    this.home.prepare();
    this.lock = new LauncherLock(this.home.dir);
    this.log = new RotatingFile(this.home.logFile, (why) => {
      console.error(`The log cannot be written: ${why}`);
    });
  }

  async run(): Promise<void> {
    if (!this.lock.take()) throw new StartError(this.alreadyRunning());
    this.stopOnSignals();
    try {
      const started = await this.start();
      this.printSummary(started);
      this.startAgent(started);
      if (this.options.demo && !this.home.state().demo_shown) await this.demo(started);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  private alreadyRunning(): string {
    const { url } = this.home.state();
    return `Quayside is running already on ${this.home.dir}${url === undefined ? '' : `: ${url}`}. "quayside down" stops it.`;
  }

  private async start(): Promise<Started> {
    const { host, port } = await this.address();
    const engine = await findEngine(this.env);
    const { secrets } = this.home.secrets();
    const env = serverEnvironment(this.env, {
      dataDir: this.home.dir,
      at: { host, port },
      engine,
      secrets,
    });
    checkSettings(env);
    this.stores = await openStores(this.env, join(this.home.dir, 'postgres'), (line) => {
      this.record(line);
    });
    const url = `http://${host.includes(':') ? `[${host}]` : host}:${String(port)}`;
    this.startServer(env, this.stores);
    await this.ready(url);
    this.server?.confirmReady();
    const now = new Date().toISOString();
    this.home.remember({
      launcher_pid: process.pid,
      url,
      database: this.stores.databaseMode,
      started_at: now,
    });
    return { url, stores: this.stores, engine, secrets, readyMs: Date.now() - this.startedAt };
  }

  private async address(): Promise<ServerAddress> {
    const host = this.env['SERVER_HOST'] ?? '127.0.0.1';
    const named = this.env['SERVER_PORT'] !== undefined;
    const wanted = named ? Number(this.env['SERVER_PORT']) : DEFAULT_PORT;
    const port = await choosePort(host, wanted, named);
    if (port !== undefined) return { host, port };
    throw new StartError(
      `Port ${String(wanted)} of ${host} is in use. Set SERVER_PORT to a free one and start again.`,
    );
  }

  private startServer(env: NodeJS.ProcessEnv, { databaseUrl, embedded }: Stores): void {
    this.server = new ServerProcess({
      script: join(__dirname, '..', 'main.all-in-one.js'),
      env: {
        ...env,
        DATABASE_URL: databaseUrl,
        QUAYSIDE_EMBEDDED_DATABASE: embedded === undefined ? 'false' : 'true',
      },
      onLine: (line) => {
        this.record(line);
      },
      onStart: (pid) => {
        this.home.remember({ server_pid: pid });
      },
      onGivenUp: () => {
        void this.stop().then(() => process.exit(EXIT_CONFIG));
      },
    });
    this.server.start();
  }

  private async ready(url: string): Promise<void> {
    const deadline = Date.now() + READY_LIMIT_MS;
    while (Date.now() < deadline) {
      if (this.stopping !== undefined) throw new StartError('Stopped before it was ready.');
      const ok = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.ok;
        },
        () => false,
      );
      if (ok) return;
      await new Promise((resolve) => setTimeout(resolve, READY_POLL_MS));
    }
    throw new StartError(
      `The server was not ready within ${String(READY_LIMIT_MS / 1000)} s. Its log: ${this.home.logFile}`,
    );
  }

  private printSummary({ url, stores, engine, secrets, readyMs }: Started): void {
    const first = !this.home.state().key_shown;
    const key = this.env['API_KEY'] ? 'the API_KEY of your environment' : secrets.api_key;
    const engineMode =
      engine.kind === 'docker'
        ? `Docker at ${engine.address}`
        : `bundled servers as processes (${engine.why})`;
    const lines = [
      '',
      `Quayside is ready (${(readyMs / 1000).toFixed(1)} s)`,
      '',
      `  Console    ${url}/console/`,
      `  API        ${url}/api/v1`,
      `  Swagger    ${url}/docs`,
      `  Health     ${url}/health`,
      first
        ? `  Admin key  ${key}   (shown this once; "quayside env" prints it again)`
        : '  Admin key  as before ("quayside env" prints it)',
      ...(this.firstLink === undefined
        ? []
        : [
            `  First user ${this.firstLink}   (once, within 30 minutes; "quayside admin-link" makes another)`,
          ]),
      '',
      `  Database   ${stores.databaseMode}`,
      `  Queues     ${stores.queueMode}`,
      `  Engine     ${engineMode}`,
      `  Data       ${this.home.dir}`,
      '',
      '  Ctrl-C stops everything; the data stays.',
      '',
    ];
    console.log(lines.join('\n'));
    this.home.remember({ key_shown: true });
  }

  private async demo({ url, secrets }: Started): Promise<void> {
    const api = new ApiClient(url, this.env['API_KEY'] ?? secrets.api_key);
    try {
      const line = await showDemo(api);
      this.home.remember({ demo_shown: true });
      console.log(`  First tool call   ${line}\n`);
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      console.log(
        `  The demo instance did not answer: ${words}\n  The server runs on; ${url}/api/v1/mcp/instances/everything tells more.\n`,
      );
    }
  }

  /** Beside the server and in nobody's way: whoever waits for the summary does not wait for it. */
  private startAgent({ url, secrets }: Started): void {
    if (!wantsExampleAgent(this.env)) return;
    this.agent = new ExampleAgent(this.home, {
      url,
      adminKey: this.env['API_KEY'] ?? secrets.api_key,
      log: (line) => {
        this.log.write(`${fileLine(line, new Date())}\n`);
      },
    });
    void this.agent.start();
  }

  private record(line: string): void {
    const link = firstLinkIn(line);
    if (link !== undefined) {
      // For the terminal alone: whoever reads the file some day must not become an administrator.
      this.firstLink = link;
      return;
    }
    this.log.write(`${fileLine(line, new Date())}\n`);
    const shown = terminalLine(line);
    if (shown !== undefined) console.error(shown);
  }

  private stopOnSignals(): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (this.stopping === undefined) {
          console.log('\nStopping …');
          void this.stop().then(() => process.exit(0));
          return;
        }
        // The second signal means now: the database recovers from that, as from a power cut.
        this.server?.killNow();
      });
    }
  }

  private stop(): Promise<void> {
    this.stopping ??= this.stopInOrder();
    return this.stopping;
  }

  private async stopInOrder(): Promise<void> {
    await this.agent?.stop();
    await this.server?.stop(STOP_LIMIT_MS);
    await this.stores?.embedded?.stop();
    this.home.forgetRunning();
    this.lock.release();
  }
}
