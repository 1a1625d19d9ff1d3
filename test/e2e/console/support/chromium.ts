import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
/** Nothing of a browser that calls home, asks, or depends on the machine's graphics. */
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
];
const START_LIMIT_MS = 120_000;

export const WIDE = { width: 1440, height: 900 } as const;
export const NARROW = { width: 390, height: 844 } as const;

const given = process.env['CHROMIUM_BIN'] ?? '';
const executablePath = given === '' ? onPath() : given;

/** Tests in a browser; skipped, and by `npm test` said to be, where there is none. */
export const describeInBrowser = executablePath === undefined ? describe.skip : describe;

export interface Browser {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

/** The system's Chromium with an empty profile, which goes away with it. */
export async function startBrowser(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'quayside-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    ...(executablePath === undefined ? {} : { executablePath }),
    ...{ args: FLAGS, headless: true, viewport: WIDE, colorScheme: 'light', timeout: START_LIMIT_MS },
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function onPath(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
