// A real browser and what it says of a page: frames, the time of its main thread, paints, shifts. A busy machine takes frames away
// but adds little to the CPU time of a thread, so both are given.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-dev-shm-usage'],
];
const LIMIT_MS = 120_000;
const VIEW = { width: 1440, height: 900 };
/** What stands in a page for what is still to come. */
export const WAITING = '[aria-busy="true"], .mantine-Skeleton-root';
const TRACED = ['toplevel', 'disabled-by-default-devtools.timeline', 'devtools.timeline', '__metadata'];

export class Browser {
  #profile = mkdtempSync(join(tmpdir(), 'quayside-bench-browser-'));
  #browser;

  constructor(stage) {
    this.stage = stage;
  }

  static async start(stage, executablePath) {
    const browser = new Browser(stage);
    browser.#browser = await chromium.launch({
      ...{ executablePath, headless: true, args: FLAGS, timeout: LIMIT_MS },
      env: { ...process.env, HOME: browser.#profile },
    });
    return browser;
  }

  /** Signed in, with an empty cache of its own. */
  async page() {
    const context = await this.#browser.newContext({ viewport: VIEW, colorScheme: 'light' });
    const { origin, key } = this.stage;
    const answer = await context.request.post(`${origin}/api/v1/auth/session`, {
      ...{ data: { api_key: key }, headers: { origin } },
    });
    if (!answer.ok()) throw new Error(`The sign-in was answered ${answer.status()}.`);
    const page = await context.newPage();
    page.setDefaultTimeout(LIMIT_MS);
    const cdp = await context.newCDPSession(page);
    await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
    return new MeasuredPage(page, cdp, origin, await this.#browser.newBrowserCDPSession());
  }

  async stop() {
    await this.#browser.close();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

export class MeasuredPage {
  constructor(page, cdp, origin, browserCdp) {
    Object.assign(this, { page, cdp, origin, browserCdp });
  }

  async open(path) {
    await this.page.goto(`${this.origin}/console${path}`);
    await this.filled();
  }

  /** By the debugger: the policy of the page lets nobody else run text. */
  async run(expression) {
    const { result, exceptionDetails } = await this.cdp.send('Runtime.evaluate', {
      ...{ expression, awaitPromise: true, returnByValue: true },
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** There is a heading and nothing stands for what is still to come. */
  filled() {
    return this.run(`new Promise((done) => {
      const look = () => document.querySelector('h1') !== null && document.querySelector('${WAITING}') === null
        ? done() : setTimeout(look, 20);
      look();
    })`);
  }

  /** How long the main thread has computed, in milliseconds of CPU. */
  async cpuMs() {
    const { metrics } = await this.cdp.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
  }

  /** Times of frames while `forMs` passes, with what the page does in each; and its main thread. */
  async frames(forMs, eachFrame = '') {
    const before = await this.cpuMs();
    const gaps = await this.run(`new Promise((done) => {
      const gaps = []; let last = performance.now(); const end = last + ${forMs};
      const frame = (now) => { gaps.push(now - last); last = now; ${eachFrame}; if (now < end) requestAnimationFrame(frame); else done(gaps.slice(1)); };
      requestAnimationFrame(frame);
    })`);
    const lastedMs = gaps.reduce((sum, gap) => sum + gap, 0);
    const cpuMs = (await this.cpuMs()) - before;
    return { gaps, perSecond: (gaps.length / lastedMs) * 1000, busy: cpuMs / lastedMs };
  }

  /** The tasks of the main thread while `work` goes on, in milliseconds of CPU, longest first. */
  async tasksDuring(work) {
    const events = [];
    const collect = ({ value }) => events.push(...value);
    this.browserCdp.on('Tracing.dataCollected', collect);
    await this.browserCdp.send('Tracing.start', {
      transferMode: 'ReportEvents',
      traceConfig: { includedCategories: TRACED, excludedCategories: ['*'] },
    });
    const result = await work();
    const complete = new Promise((resolve) => this.browserCdp.once('Tracing.tracingComplete', resolve));
    await this.browserCdp.send('Tracing.end');
    await complete;
    this.browserCdp.off('Tracing.dataCollected', collect);
    return { result, tasks: mainThreadTasks(events) };
  }

  async close() {
    await this.page.context().close();
  }
}

function mainThreadTasks(events) {
  const main = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}.${tid}`),
  );
  return events
    .filter(({ name, tdur, pid, tid }) => /RunTask$/.test(name) && tdur > 0 && main.has(`${pid}.${tid}`))
    .map(({ tdur }) => tdur / 1000)
    .sort((one, other) => other - one);
}
