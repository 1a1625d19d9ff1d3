// What `npm run bench` understands.
import { resolve } from 'node:path';

export const PARTS = {
  create: 'POST /mcp/instances: times and rate against a bare HTTP server with one INSERT',
  lists: 'pages of a list over 10,000 instances',
  sweep: 'one full sweep over 200 instances (engine in memory)',
  footprint: 'first and second start to ready, idle memory and CPU, memory of each role',
  start: 'accepted → running against a raw create + start + handshake (real containers)',
  bulk: '50 instances in bulk against the raw engine, and what they cost while they run (real containers)',
};

/** Those that need a container engine; all others run anywhere. */
const WITH_CONTAINERS = new Set(['start', 'bulk']);

export const HELP = `node scripts/bench.mjs [options]

  --only <part,part>   chosen parts; "control-plane" stands for all but footprint
  --rounds <n>         rounds of "start" (default 9)
  --instances <n>      instances of "bulk" (default 50)
  --bulk-rounds <n>    rounds of "bulk" (default 2)
  --queues <where>     "postgres" (default) or "redis" (a private one), for "start" and "bulk"
  --dist <folder>      measures another build than dist
  --against <folder>   an earlier build, measured in the same rounds of "start" and "bulk"
  --help

Parts:
${Object.entries(PARTS)
  .map(([name, what]) => `  ${name.padEnd(10)} ${what}`)
  .join('\n')}

Every figure with a goal is a ratio of two things measured in turns within one run, or an amount that a busy machine
changes little. The result is printed as a table, and stored as .cache/bench.json.`;

const NUMBERS = { '--rounds': 'rounds', '--instances': 'instances', '--bulk-rounds': 'bulkRounds' };
const FOLDERS = { '--dist': 'dist', '--against': 'against' };

/** Throws an Error in words for whoever typed it. */
export function parseOptions(args) {
  const options = {
    rounds: 9,
    instances: 50,
    bulkRounds: 2,
    queues: 'postgres',
    parts: Object.keys(PARTS),
    help: false,
  };
  for (let at = 0; at < args.length; at += 1) {
    const name = args[at];
    if (name === '--help') options.help = true;
    else if (name === '--only') options.parts = partsOf(args[(at += 1)] ?? '');
    else if (name === '--queues') options.queues = queuesOf(args[(at += 1)]);
    else if (name in NUMBERS) options[NUMBERS[name]] = countOf(name, args[(at += 1)]);
    else if (name in FOLDERS) options[FOLDERS[name]] = resolve(args[(at += 1)] ?? '');
    else options.parts = partsOf(name);
  }
  return { ...options, needsEngine: options.parts.some((part) => WITH_CONTAINERS.has(part)) };
}

function partsOf(text) {
  const names = text.split(',').flatMap((name) => (name === 'control-plane' ? CONTROL_PLANE : [name]));
  const unknown = names.find((name) => !(name in PARTS));
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}". --help names them.`);
  return Object.keys(PARTS).filter((name) => names.includes(name));
}

const CONTROL_PLANE = Object.keys(PARTS).filter((name) => name !== 'footprint');

function queuesOf(text) {
  if (text !== 'postgres' && text !== 'redis') throw new Error('--queues needs "postgres" or "redis".');
  return text;
}

function countOf(name, text) {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`${name} needs a number from 1 upwards.`);
  return count;
}
