// The load, in a process of its own and told over IPC what to do, one order at a time.
import { percentile } from '../figures.mjs';
import { Dialogue } from './mcp-dialogue.mjs';
import { StdioPipes } from './stdio-pipes.mjs';

/** Dialogues that stay open between rounds, by the key of their target. */
const groups = new Map();
const pipes = new Map();
const payloads = new Map();

const ORDERS = { open, calls, handshakes, hold, release, close, openPipes, pipedCalls };

process.on('message', ({ number, order, about }) => {
  ORDERS[order](about).then(
    (value) => process.send({ number, value }),
    (error) => process.send({ number, error: String(error?.message ?? error) }),
  );
});

/** Opens what is missing up to `sessions`. */
async function open({ key, target, sessions }) {
  const group = groups.get(key) ?? [];
  groups.set(key, group);
  while (group.length < sessions) group.push(await Dialogue.open(target));
}

async function close({ key }) {
  const group = groups.get(key) ?? [];
  groups.delete(key);
  await Promise.all(group.map((dialogue) => dialogue.end().catch(() => undefined)));
}

/** On the first `sessions` dialogues of the group, each calling again as soon as it is answered. */
async function calls({ key, sessions, payloadBytes, ...limit }) {
  const payload = payloadOf(payloadBytes);
  const dialogues = groups.get(key).slice(0, sessions);
  await Promise.all(dialogues.map((dialogue) => dialogue.ready()));
  const works = dialogues.map((dialogue) => () => dialogue.call(payload));
  return repeated(works, limit);
}

async function openPipes({ key, command }) {
  pipes.set(key, await StdioPipes.open(command));
}

function pipedCalls({ key, sessions, payloadBytes, ...limit }) {
  const payload = payloadOf(payloadBytes);
  const works = Array.from({ length: sessions }, () => () => pipes.get(key).call(payload));
  return repeated(works, limit);
}

/** New sessions, one after the other on connections that stay: `initialize`, `tools/list` and, where wanted, the end. */
async function handshakes({ target, atOnce, areEnded = false, ...limit }) {
  const dialogues = await Promise.all(Array.from({ length: atOnce }, () => Dialogue.open(target)));
  const works = dialogues.map((dialogue) => async () => {
    if (areEnded) await dialogue.endSession();
    await dialogue.begin();
  });
  const figures = await repeated(works, limit);
  await Promise.all(dialogues.map((dialogue) => dialogue.end()));
  return figures;
}

/** Each of the works again and again, until the time is over or the number is reached. */
async function repeated(works, { durationMs = Number.POSITIVE_INFINITY, count = Number.POSITIVE_INFINITY }) {
  const times = [];
  let begun = 0;
  const startedAt = performance.now();
  const repeat = async (work) => {
    while (begun < count && performance.now() - startedAt < durationMs) {
      begun += 1;
      const sentAt = performance.now();
      await work();
      times.push(performance.now() - sentAt);
    }
  };
  await Promise.all(works.map(repeat));
  return summaryOf(times, performance.now() - startedAt);
}

/** Calls that nobody expects to be answered, on a group of their own. */
async function hold({ key, target, sessions }) {
  await open({ key, target, sessions });
  for (const dialogue of groups.get(key)) dialogue.call(payloadOf(16)).catch(() => undefined);
}

async function release({ key }) {
  const group = groups.get(key) ?? [];
  groups.delete(key);
  for (const dialogue of group) dialogue.connection.close();
}

function payloadOf(bytes) {
  if (!payloads.has(bytes)) payloads.set(bytes, 'x'.repeat(bytes));
  return payloads.get(bytes);
}

const summaryOf = (times, tookMs) => ({
  count: times.length,
  rate: (times.length / tookMs) * 1000,
  p50: percentile(times, 50),
  p95: percentile(times, 95),
  p99: percentile(times, 99),
});

process.once('disconnect', () => {
  for (const each of pipes.values()) each.end();
  process.exit(0);
});
