import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DIST, Installation } from './installation';
import { follow, missingLines, runnablePage } from './runnable';

/** Writes down every address beyond this machine that a process asks for. */
export const OUTBOUND_HOOK = join(__dirname, 'no-way-out.cjs');

/** Somebody with an installation and a shell, who does what a page says. */
export class Reader {
  private constructor(
    readonly quayside: Installation,
    readonly home: string,
    readonly outbound: string,
  ) {}

  static async start(): Promise<Reader> {
    const home = mkdtempSync(join(tmpdir(), 'quayside-reader-'));
    const outbound = join(home, 'outbound.log');
    const bin = join(home, 'bin');
    mkdirSync(bin);
    writeFileSync(
      join(bin, 'quayside'),
      `#!/bin/sh\nexec "${process.execPath}" "${DIST}/src/cli/main.js" "$@"\n`,
    );
    chmodSync(join(bin, 'quayside'), 0o755);
    // As npm puts it there: the package, by its name.
    mkdirSync(join(home, 'node_modules'));
    symlinkSync(dirname(DIST), join(home, 'node_modules', 'quayside'));
    const env = { NODE_OPTIONS: `--require ${OUTBOUND_HOOK}`, QUAYSIDE_TEST_OUTBOUND: outbound };
    return new Reader(await Installation.start({ env }), home, outbound);
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.quayside.port('all-in-one'))}`;
  }

  /** Fails where a command fails, or does not print what the page says. */
  async follows(name: string): Promise<void> {
    const folder = mkdtempSync(join(this.home, 'page-'));
    const runs = await follow(runnablePage(name), folder, {
      PATH: `${join(this.home, 'bin')}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      HOME: folder,
      QUAYSIDE_URL: this.url,
      QUAYSIDE_API_KEY: this.quayside.key,
    });
    expect(runs.length).toBeGreaterThan(0);
    for (const run of runs) expect([run.printed, missingLines(run)]).toEqual([run.printed, []]);
  }

  async stop(): Promise<void> {
    await this.quayside.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}
