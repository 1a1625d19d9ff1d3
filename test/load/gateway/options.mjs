// What `npm run bench:gateway` understands.
export const PARTS = {
  calls: { goals: ['g1', 'g2', 'g3', 'g4', 'g5', 'g6', 'g7'], what: 'tools/call through every contestant' },
  handshakes: { goals: ['g8'], what: 'initialize and tools/list' },
  sdk: { goals: ['g9'], what: 'an upstream on the official SDK' },
  stdio: { goals: ['g10'], what: 'a stdio server through the bridge against its bare pipes' },
  long: { goals: ['g11'], what: '200,000 calls and 10,000 sessions: memory and handles' },
  hang: { goals: ['g12'], what: 'one upstream hangs: what the others notice' },
};

export const HELP = `npm run bench:gateway -- [options]

  --full               everything, G11 included, and the report goes into docs/benchmarks.md
  --only <g1,g8,…>     chosen goals, or parts: ${Object.keys(PARTS).join(', ')}
  --rounds <n>         rounds (default 5)
  --seconds <s>        how long each contestant runs in a round (default 1.2)
  --dist <folder>      measures another build than dist
  --profile <folder>   writes a CPU profile of each of our faces there
  --help

Parts (all but "long" without --full or --only):
${Object.entries(PARTS)
  .map(
    ([name, { goals, what }]) => `  ${name.padEnd(11)} ${goals.join(' ').toUpperCase().padEnd(21)} ${what}`,
  )
  .join('\n')}`;

/** Throws an Error in words for whoever typed it. */
export function parseOptions(args) {
  const options = {
    rounds: 5,
    roundMs: 1_200,
    isFull: false,
    help: false,
    goals: undefined,
    dist: undefined,
  };
  const take = {
    '--full': () => (options.isFull = true),
    '--help': () => (options.help = true),
    '--only': (next) => (options.goals = goalsOf(next())),
    '--rounds': (next) => (options.rounds = positive('--rounds', next())),
    '--seconds': (next) => (options.roundMs = positive('--seconds', next()) * 1_000),
    '--dist': (next) => (options.dist = next()),
    '--profile': (next) => (options.profile = next()),
  };
  for (let at = 0; at < args.length; at += 1) {
    const option = take[args[at]];
    if (option === undefined) throw new Error(`There is no option "${args[at]}". --help names them.`);
    option(() => args[(at += 1)] ?? '');
  }
  const usual = Object.keys(PARTS).filter((name) => options.isFull || name !== 'long');
  const goals = options.goals ?? usual.flatMap((name) => PARTS[name].goals);
  const parts = Object.keys(PARTS).filter((name) => PARTS[name].goals.some((goal) => goals.includes(goal)));
  return { ...options, goals, parts };
}

function goalsOf(text) {
  return text.split(',').flatMap((name) => {
    if (name in PARTS) return PARTS[name].goals;
    if (Object.values(PARTS).some(({ goals }) => goals.includes(name))) return [name];
    throw new Error(`There is no goal and no part "${name}". --help names them.`);
  });
}

function positive(name, text) {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`${name} needs a number above 0.`);
  return value;
}
