// The first paint, going from screen to screen, and keys.
import { goal, median, ms } from '../figures.mjs';
import { WAITING } from './browser.mjs';

const ROUNDS = 5;
const FIRST_MS = 1_500;
const ROUTE_MS = 100;
const KEY_MS = 50;
const SHIFT = 0.05;
/** The browser tells of an event only when it took longer than this. */
const TOLD_FROM_MS = 16;

/** Buffered entries of a kind that the page has had so far. */
const entries = (type, more = '') => `new Promise((done) => {
  new PerformanceObserver((list) => done(list.getEntries().map(({ startTime, duration, value, hadRecentInput, name }) =>
    ({ startTime, duration, value, hadRecentInput, name })))).observe({ type: '${type}', buffered: true ${more} });
  setTimeout(() => done([]), 300);
})`;

/** A new browser profile each time: nothing is in its cache. */
export async function measureCold(report, browser) {
  const first = [];
  const largest = [];
  const shifts = [];
  const bytes = [];
  const cpu = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const page = await browser.page();
    await page.open('/');
    await page.run('new Promise((done) => setTimeout(done, 1000))');
    const paints = await page.run(entries('paint'));
    first.push(paints.find(({ name }) => name === 'first-contentful-paint').startTime);
    largest.push((await page.run(entries('largest-contentful-paint'))).at(-1)?.startTime ?? Number.NaN);
    shifts.push(shiftOf(await page.run(entries('layout-shift'))));
    bytes.push(
      await page.run(
        `performance.getEntriesByType('resource').filter(({ name }) => name.includes('/assets/')).reduce((sum, one) => sum + one.encodedBodySize, 0)`,
      ),
    );
    cpu.push(await page.cpuMs());
    await page.close();
  }
  const add = (what, values, limit) =>
    report.add({
      ...{
        what: `overview, cold cache: ${what}, median of ${ROUNDS}`,
        figure: ms(median(values)),
        data: { values },
      },
      ...(limit === undefined ? {} : { goal: goal(`< ${limit} ms`, median(values), { atMost: limit }) }),
    });
  add('first contentful paint', first, FIRST_MS);
  add('largest contentful paint', largest, FIRST_MS);
  add('CPU of the main thread until a second later', cpu);
  report.add({
    what: 'overview, cold cache: layout shift, the worst',
    figure: Math.max(...shifts).toFixed(3),
    goal: goal(`≤ ${SHIFT}`, Math.max(...shifts), { atMost: SHIFT }),
  });
  report.add({
    what: 'overview, cold cache: files as they travel',
    figure: `${(median(bytes) / 1000).toFixed(0)} kB`,
  });
}

const shiftOf = (all) => all.filter((one) => !one.hadRecentInput).reduce((sum, { value }) => sum + value, 0);

/** From the click to the frame after the one in which the new heading stands. */
const GO = (testId) => `new Promise((done) => {
  const link = document.querySelector('[data-testid="${testId}"]');
  const old = document.querySelector('h1');
  const before = old?.textContent;
  const start = performance.now();
  link.click();
  const paint = () => {
    const now = document.querySelector('h1');
    if (now === null || (now === old && now.textContent === before)) return requestAnimationFrame(paint);
    const headed = performance.now() - start;
    const full = () => document.querySelector('${WAITING}') === null
      ? requestAnimationFrame(() => done({ headed, full: performance.now() - start })) : requestAnimationFrame(full);
    full();
  };
  requestAnimationFrame(paint);
})`;

export async function measureRoutes(report, browser) {
  const page = await browser.page();
  await page.open('/');
  const targets = await page.run(
    `[...document.querySelectorAll('nav [data-testid^="nav-"]')].map((link) => link.dataset.testid)`,
  );
  const all = new Map(targets.map((target) => [target, []]));
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const target of [...targets.slice(1), targets[0]]) {
      const before = await page.cpuMs();
      const times = await page.run(GO(target));
      await page.run('new Promise((done) => setTimeout(done, 150))');
      all.get(target).push({ ...times, cpu: (await page.cpuMs()) - before });
    }
  for (const [target, [first, ...again]] of all) {
    const of = (member) => median(again.map((one) => one[member]));
    report.add({
      what: `to ${target.slice(4)}: heading, filled, CPU (median of ${ROUNDS}); first time`,
      figure: `${ms(of('headed'))}, ${ms(of('full'))}, ${ms(of('cpu'))}; ${ms(first.headed)}`,
      goal: goal(`< ${ROUTE_MS} ms`, of('headed'), { atMost: ROUTE_MS }),
      data: { first, again },
    });
  }
  const shift = shiftOf(await page.run(entries('layout-shift')));
  report.add({
    what: `layout shift of all these ${targets.length * (ROUNDS + 1)} moves, each`,
    figure: (shift / targets.length / (ROUNDS + 1)).toFixed(4),
    goal: goal(`≤ ${SHIFT}`, shift / targets.length / (ROUNDS + 1), { atMost: SHIFT }),
  });
  await page.close();
}

const KEYS = [
  { key: 'Control+k', what: 'palette', undo: 'Escape' },
  { key: '?', what: 'sheet of keys', undo: 'Escape' },
  { key: '/', what: 'search' },
];

export async function measureKeys(report, browser) {
  const page = await browser.page();
  await page.open('/instances');
  for (const { key, what, undo } of KEYS) {
    const took = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      await page.run(`document.activeElement?.blur(); new Promise((done) => setTimeout(done, 400))`);
      const since = await page.run('performance.now()');
      await page.page.keyboard.press(key);
      await page.run('new Promise((done) => setTimeout(done, 400))');
      const told = await page.run(entries('event', `, durationThreshold: ${TOLD_FROM_MS}`));
      const mine = told.filter(({ name, startTime }) => name === 'keydown' && startTime >= since);
      took.push(Math.max(TOLD_FROM_MS, ...mine.map(({ duration }) => duration)));
      if (undo !== undefined) await page.page.keyboard.press(undo);
    }
    report.add({
      what: `key ${key} to the next paint (${what}): the first time; median of ${ROUNDS}`,
      figure: `${ms(took[0])}; ${ms(median(took))}`,
      goal: goal(`< ${KEY_MS} ms`, median(took), { atMost: KEY_MS }),
      data: { took },
    });
  }
  await page.close();
}
