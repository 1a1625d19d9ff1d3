// G1 to G7: the same call through every contestant, small and of 64 KiB, from 1, 16 and 64 sessions.
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { median, ms, perSecond } from '../figures.mjs';
import { measured } from './load.mjs';
import { orderOf } from './stage.mjs';

const SMALL = 16;
const BIG = 64 * 1_024;
const SESSIONS = [1, 16, 64];
const WARM_UP_MS = 4_000;
const PROFILE_MS = 5_000;
const OLDER = ['direct', 'nginx', 'lean', 'relay', 'endpoint', 'all', 'rest'];
const NEWER = ['direct-newer', 'nginx-newer', 'relay-newer', 'endpoint-newer'];
const MEBIBYTE = 1_048_576;

const cell = (sessions, bytes) => `${sessions}/${bytes}`;
const EVERY_CELL = SESSIONS.flatMap((sessions) => [SMALL, BIG].map((bytes) => cell(sessions, bytes)));
/** What a chosen goal needs, so that looking at one of them is quick. */
const CELLS = {
  g1: [cell(16, SMALL)],
  g2: [cell(16, SMALL)],
  g3: [cell(16, SMALL), cell(64, SMALL)],
  g4: [cell(1, SMALL)],
  g5: [cell(16, SMALL)],
  g6: [cell(16, BIG)],
  g7: [cell(16, SMALL)],
};

export async function benchCalls(table, stage, { goals, rounds, roundMs, profile }) {
  const wanted = Object.keys(CELLS).filter((goal) => goals.includes(goal));
  const isWhole = wanted.length === Object.keys(CELLS).length;
  const cells = isWhole ? EVERY_CELL : [...new Set(wanted.flatMap((goal) => CELLS[goal]))];
  const names = await stage.ready([...OLDER, ...NEWER], Math.max(...SESSIONS), table);
  await warmUp(stage, names, cells);

  const results = new Results();
  for (let round = 0; round < rounds; round += 1) {
    for (const place of cells) {
      const able = names.filter((name) => OLDER.includes(name) || place === cell(16, SMALL));
      for (const name of orderOf(able, round)) {
        const [sessions, payloadBytes] = place.split('/').map(Number);
        const about = { key: name, sessions, payloadBytes, durationMs: roundMs };
        results.add(name, place, await measured(stage.load, 'calls', about, stage.contestants[name].pid));
      }
    }
    console.log(`  round ${round + 1} of ${rounds}`);
  }
  if (profile !== undefined) await profileOurs(stage, names, profile);
  for (const name of names) await stage.load.order('close', { key: name });
  for (const place of cells) describe(table, results, place);
  judge(table, results, wanted);
}

async function warmUp(stage, names, cells) {
  const sizes = new Set(cells.map((place) => Number(place.split('/')[1])));
  for (const payloadBytes of sizes)
    for (const key of names)
      await stage.load.order('calls', { key, sessions: 16, payloadBytes, durationMs: WARM_UP_MS });
}

/** After everything was measured: a profiler costs something itself. */
async function profileOurs(stage, names, folder) {
  mkdirSync(folder, { recursive: true });
  const ours = names.filter((name) => stage.contestants[name].pid === stage.gateway.pid);
  for (const key of ours)
    await stage.gateway.profiled(join(resolve(folder), `${key}.cpuprofile`), () =>
      stage.load.order('calls', { key, sessions: 16, payloadBytes: SMALL, durationMs: PROFILE_MS }),
    );
}

class Results {
  #rounds = new Map();

  add(name, place, figures) {
    const key = `${name} ${place}`;
    this.#rounds.set(key, [...(this.#rounds.get(key) ?? []), figures]);
  }

  of(name, place) {
    return this.#rounds.get(`${name} ${place}`) ?? [];
  }

  has(...names) {
    return names.every((name) => [...this.#rounds.keys()].some((key) => key.startsWith(`${name} `)));
  }

  namesAt(place) {
    return [...this.#rounds.keys()]
      .filter((key) => key.endsWith(` ${place}`))
      .map((key) => key.split(' ')[0]);
  }

  /** The quotient of every round: what was slow for one in a round was slow for the other. */
  ratio(what, [name, place], [otherName, otherPlace = place]) {
    const others = this.of(otherName, otherPlace);
    return this.of(name, place).map((figures, round) => figures[what] / others[round][what]);
  }
}

function describe(table, results, place) {
  const [sessions, bytes] = place.split('/').map(Number);
  const middle = (name, what) => median(results.of(name, place).map((figures) => figures[what]));
  const rows = results.namesAt(place).map((name) => {
    const nginx = name.endsWith('-newer') ? 'nginx-newer' : 'nginx';
    const against = (what) => {
      const value = median(results.ratio(what, [name, place], [nginx]));
      return Number.isFinite(value) && value > 0 ? value.toFixed(2) : '–';
    };
    const cpu = middle(name, 'cpuSPer1000');
    const rss = middle(name, 'rss') / MEBIBYTE;
    return [
      name,
      perSecond(middle(name, 'rate')),
      against('rate'),
      cpu > 0 ? cpu.toFixed(3) : '–',
      against('cpuSPer1000'),
      [middle(name, 'p50'), middle(name, 'p95'), middle(name, 'p99')]
        .map((value) => value.toFixed(1))
        .join(' / '),
      rss > 0 ? rss.toFixed(0) : '–',
    ];
  });
  const size = bytes === SMALL ? 'small calls' : `calls of ${bytes / 1_024} KiB`;
  const title = `${sessions} ${sessions === 1 ? 'session' : 'sessions'}, ${size}`;
  const head = [
    'contestant',
    'calls',
    '÷ nginx',
    'CPU s / 1,000',
    'CPU ÷ nginx',
    'p50 / p95 / p99 ms',
    'RSS MiB',
  ];
  table.detail(title, head, rows);
}

function judge(table, results, wanted) {
  for (const goal of wanted) {
    if (results.has('nginx', 'relay', 'direct')) JUDGES[goal]?.(table, results);
    if (goal === 'g7') judgeFaces(table, results);
  }
}

const JUDGES = {
  g1(table, results) {
    const rates = results.ratio('rate', ['relay', cell(16, SMALL)], ['nginx']);
    table.judge('G1', 'relay, 16 sessions: rate ÷ nginx', rates, { atLeast: [0.5, 0.75] });
    if (!results.has('relay-newer')) return;
    const newer = results.ratio('rate', ['relay-newer', cell(16, SMALL)], ['nginx-newer']);
    table.judge('G1', 'the same in the newer era', newer, { atLeast: [0.5, 0.75] });
  },
  g2(table, results) {
    const costs = results.ratio('cpuSPer1000', ['relay', cell(16, SMALL)], ['nginx']);
    table.judge('G2', 'relay, 16 sessions: CPU per call ÷ nginx', costs, { atMost: [6, 3.5] });
  },
  g3(table, results) {
    const rates = results.ratio('rate', ['relay', cell(64, SMALL)], ['nginx']);
    table.judge('G3', 'relay, 64 sessions: rate ÷ nginx', rates, { atLeast: [0.45, 0.65] });
    const fall = results.ratio('rate', ['relay', cell(64, SMALL)], ['relay', cell(16, SMALL)]);
    table.judge('G3', 'relay: rate with 64 sessions ÷ rate with 16', fall, { atLeast: [0.7, 0.9] });
  },
  g4(table, results) {
    const place = cell(1, SMALL);
    const direct = results.of('direct', place);
    const added = (name) => median(results.of(name, place).map(({ p50 }, round) => p50 - direct[round].p50));
    const words = `${(added('relay') / added('nginx')).toFixed(2)} × (${ms(added('relay'))} ÷ ${added('nginx').toFixed(2)} ms)`;
    const what = 'relay, 1 session: added p50 ÷ nginx’s added p50';
    table.judge('G4', what, [added('relay') / added('nginx')], { atMost: [5, 3], words });
  },
  g5(table, results) {
    const tails = results.ratio('p99', ['relay', cell(16, SMALL)], ['nginx']);
    table.judge('G5', 'relay, 16 sessions: p99 ÷ nginx', tails, { atMost: [2.5, 1.5] });
  },
  g6(table, results) {
    const big = cell(16, BIG);
    const rates = results.ratio('rate', ['relay', big], ['nginx']);
    table.judge('G6', 'relay, 64 KiB, 16 sessions: rate ÷ nginx', rates, { atLeast: [0.4, 0.6] });
    const costs = results.ratio('cpuSPer1000', ['relay', big], ['nginx']);
    table.judge('G6', 'relay, 64 KiB, 16 sessions: CPU per call ÷ nginx', costs, { atMost: [6, 3.5] });
  },
};

function judgeFaces(table, results) {
  const place = cell(16, SMALL);
  for (const [name, words] of [
    ['endpoint', 'virtual endpoint'],
    ['all', '/mcp'],
  ]) {
    if (!results.has(name, 'relay')) continue;
    const costs = results.ratio('cpuSPer1000', [name, place], ['relay']);
    table.judge('G7', `${words}, 16 sessions: CPU per call ÷ the relay’s`, costs, { atMost: [2, 1.5] });
  }
  if (!results.has('rest', 'endpoint')) return;
  const rates = results.ratio('rate', ['rest', place], ['endpoint']);
  table.judge('G7', 'REST tools/call, 16 sessions: rate ÷ the virtual endpoint’s', rates, {
    atLeast: [0.8, 1],
  });
}
