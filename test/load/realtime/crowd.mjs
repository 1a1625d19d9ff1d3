// Many readers in a process of their own; they share the machine with what serves them.
//   node crowd.mjs <port> <readers> <groups>   the key on standard input; answers one line of JSON to each line it is sent
import { createInterface } from 'node:readline';
import { Reader } from './reader.mjs';

const AT_ONCE = 20;
/** The words of every so many readers are read, for the times. */
const READ_EACH = 20;

const [port, count, groups] = process.argv.slice(2).map(Number);
const lines = createInterface({ input: process.stdin });
const readers = [];
let waitsMs = [];

function timed(text) {
  const at = /"timestamp":"([^"]+)"/.exec(text)?.[1];
  if (text.startsWith('{"type":"task_update"') && at !== undefined) waitsMs.push(Date.now() - Date.parse(at));
}

async function open(index, key) {
  let isSubscribed;
  const subscribed = new Promise((resolve) => (isSubscribed = resolve));
  const onText = (text) => {
    if (text.startsWith('{"type":"subscribed"')) isSubscribed();
    else if (index % READ_EACH === 0) timed(text);
  };
  const reader = new Reader(port, onText);
  readers.push(reader);
  await reader.opened;
  if (key !== '') {
    const filter = groups > 1 ? { filter: { run_id: `group-${String(index % groups)}` } } : {};
    reader.say({ type: 'auth', token: key });
    reader.say({ type: 'subscribe', topics: ['tasks'], ...filter });
    await subscribed;
  }
  reader.frames = 0;
  if (index % READ_EACH !== 0) reader.onText = undefined;
}

const received = () => readers.reduce((sum, { frames }) => sum + frames, 0);

const COMMANDS = {
  open: async ({ key }) => {
    for (let at = 0; at < count; at += AT_ONCE)
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, i) => open(at + i, key)));
    return {};
  },
  reset: () => {
    for (const reader of readers) reader.frames = 0;
    waitsMs = [];
    return {};
  },
  /** When so many frames have come, or nothing more came for a while. */
  until: async ({ frames, limitMs }) => {
    const endMs = performance.now() + limitMs;
    while (received() < frames && performance.now() < endMs)
      await new Promise((resolve) => setTimeout(resolve, 5));
    return { frames: received(), waitsMs };
  },
};

lines.on('line', (line) => {
  const { command, ...given } = JSON.parse(line);
  Promise.resolve(COMMANDS[command](given)).then(
    (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`),
    (error) => process.stdout.write(`${JSON.stringify({ error: String(error) })}\n`),
  );
});
lines.on('close', () => process.exit(0));
