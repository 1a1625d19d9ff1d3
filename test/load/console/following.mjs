// Pages under a stream of events, and a list of ten thousand.
import { goal, median, ms } from '../figures.mjs';

const ROUNDS = 3;
const WATCH_MS = 6_000;
const SETTLE_MS = 1_500;
const STEP_PX = 400;
const LONG_MS = 50;
const percent = (share) => `${(share * 100).toFixed(0)} %`;

export async function measureLive(report, browser, stage) {
  await underEvents(report, browser, stage, { path: '/', rate: 0 });
  await underEvents(report, browser, stage, { path: '/', rate: 100, atLeast: 50 });
  await underEvents(report, browser, stage, { path: '/', rate: 1_000, atLeast: 30 });
  await underEvents(report, browser, stage, { path: '/instances', rate: 100, atLeast: 50 });
  await underEvents(report, browser, stage, { path: '/instances', rate: 1_000, atLeast: 30 });
}

async function underEvents(report, browser, stage, { path, rate, atLeast }) {
  const page = await browser.page();
  await page.open(path);
  await page.run('window.scrollTo(0, 0)');
  const { rounds, longest, told } = await underWay(page, stage, rate);
  await page.close();
  const perSecond = median(rounds.map((one) => one.perSecond));
  report.add({
    what: `${path === '/' ? 'overview' : 'list'} of 1,000 instances, ${rate} events/s: frames, main thread`,
    figure: `${perSecond.toFixed(0)}/s, ${percent(median(rounds.map(({ busy }) => busy)))} of a core, longest ${ms(longest)}`,
    ...(atLeast === undefined ? {} : { goal: goal(`≥ ${atLeast}/s`, perSecond, { atLeast }) }),
    data: { told, longest, rounds: rounds.map(({ perSecond: fps, busy }) => ({ fps, busy })) },
  });
}

async function underWay(page, stage, rate) {
  const stop = rate === 0 ? async () => 0 : stage.tell(rate);
  try {
    await page.run(`new Promise((done) => setTimeout(done, ${SETTLE_MS}))`);
    const rounds = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await page.frames(WATCH_MS));
    const { tasks } = await page.tasksDuring(() => page.frames(WATCH_MS / 2));
    return { rounds, longest: tasks[0] ?? 0, told: await stop() };
  } finally {
    await stop();
  }
}

/** To the end at once: how long until its rows are there, and what it costs. */
const TO_THE_END = `new Promise((done) => {
  const startedAt = performance.now();
  const rows = Number(document.querySelector('[aria-rowcount]').getAttribute('aria-rowcount')) - 1;
  const look = () => {
    window.scrollTo(0, document.documentElement.scrollHeight);
    document.querySelector('[data-row][aria-rowindex="' + (rows + 1) + '"]') === null
      ? requestAnimationFrame(look) : done({ rows, tookMs: performance.now() - startedAt });
  };
  look();
})`;

export async function measureList(report, browser) {
  const page = await browser.page();
  await page.open('/instances');
  const before = await page.cpuMs();
  const { rows, tookMs } = await page.run(TO_THE_END);
  report.add({
    what: `list of ${rows.toLocaleString('en')}: from the first row to the last, until it is drawn; main thread`,
    figure: `${ms(tookMs)}; ${ms((await page.cpuMs()) - before)}`,
  });
  for (const [how, step] of [
    ['a wheel', STEP_PX],
    ['the bar pulled', STEP_PX * 12],
  ]) {
    await page.run('window.scrollTo(0, 0)');
    const { result, tasks } = await page.tasksDuring(() =>
      page.frames(WATCH_MS, `window.scrollBy(0, ${step})`),
    );
    const long = tasks.filter((task) => task > LONG_MS).length;
    report.add({
      what: `list: scrolled as by ${how}, ${step} px a frame: longest task (CPU), frames`,
      figure: `${ms(tasks[0] ?? 0)} (${long} over ${LONG_MS}), ${result.perSecond.toFixed(0)}/s, ${percent(result.busy)} of a core`,
      goal: goal(`no frame > ${LONG_MS} ms`, tasks[0] ?? 0, { atMost: LONG_MS }),
      data: { tasks: tasks.slice(0, 20), gaps: result.gaps.filter((gap) => gap > LONG_MS) },
    });
  }
  await page.close();
}
