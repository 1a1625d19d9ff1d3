// G11: memory and handles after very many calls and sessions, against those after a warm-up of the same kind.
import { median, ms } from '../figures.mjs';

const SESSIONS = 64;
const SMALL = 16;
const WARM_UP_CALLS = 60_000;
const CALLS = 200_000;
const WARM_UP_SESSIONS = 2_000;
const OPENED_AND_ENDED = 10_000;
const AT_ONCE = 16;
/** V8 gives its young generation more or less room as it likes, by a hundred MiB: two looks alone would only tell of that. */
const PORTIONS = 8;
/** Between the last answer and the look: batches are flushed, sockets of ended connections are let go. */
const SETTLE_MS = 5_000;

export async function benchLong(table, stage) {
  const names = ['relay', 'endpoint'];
  const able = await stage.ready(names, SESSIONS, table);
  await work(stage, able, WARM_UP_CALLS, WARM_UP_SESSIONS);
  const looks = [await look(stage)];
  const startedAt = performance.now();
  for (let portion = 0; portion < PORTIONS; portion += 1) {
    await work(stage, able, CALLS / PORTIONS, OPENED_AND_ENDED / PORTIONS);
    looks.push(await look(stage));
  }
  const [before, after] = [looks[0], looks.at(-1)];
  const half = PORTIONS / 2;
  const middle = (some, what) => median(some.map((each) => each[what]));
  const growth = (what) => (middle(looks.slice(-half), what) / middle(looks.slice(0, half), what) - 1) * 100;
  const handles = (state) => Object.values(state.handles).reduce((sum, count) => sum + count, 0);
  const unit = ' %';
  const what = `${CALLS.toLocaleString('en')} calls, 64 sessions; ${OPENED_AND_ENDED.toLocaleString('en')} sessions`;
  table.judge('G11', `${what}: RSS growth`, [growth('rss')], { atMost: [5, 0.5], unit });
  table.judge('G11', 'the same: growth of the used heap after a collection', [growth('heapUsed')], {
    atMost: [5, 1],
    unit,
  });
  table.judge('G11', 'the same: handles more than before', [handles(after) - handles(before)], {
    atMost: [0, 0],
    unit: '',
  });
  table.note(
    `G11: half of it on the relay, half on the virtual endpoint, in ${PORTIONS} portions, ${ms(performance.now() - startedAt)}; growth is the last half of the looks against the first, medians; ` +
      `RSS ${looks.map(({ rss }) => mib(rss)).join(', ')} MiB; ` +
      `RSS ${mib(before.rss)} → ${mib(after.rss)} MiB, heap ${mib(before.heapUsed)} of ${mib(before.heapTotal)} → ${mib(after.heapUsed)} of ${mib(after.heapTotal)} MiB, ` +
      `outside it ${mib(before.external)} → ${mib(after.external)} MiB; ` +
      `handles before ${JSON.stringify(before.handles)}, after ${JSON.stringify(after.handles)}.`,
  );
  for (const key of able) await stage.load.order('close', { key });
}

async function work(stage, names, calls, sessions) {
  for (const key of names) {
    const { target } = stage.contestants[key];
    await stage.load.order('calls', {
      key,
      sessions: SESSIONS,
      payloadBytes: SMALL,
      count: calls / names.length,
    });
    await stage.load.order('handshakes', {
      target,
      atOnce: AT_ONCE,
      areEnded: true,
      count: sessions / names.length,
    });
  }
}

async function look(stage) {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  return stage.gateway.probe({ collect: true });
}

const mib = (bytes) => (bytes / 1_048_576).toFixed(1);
