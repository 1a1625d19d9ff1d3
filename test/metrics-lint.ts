/** One name of a scrape, as its comments describe it. */
interface Described {
  readonly name: string;
  readonly type: string;
  readonly help: string;
}

/** Units that are no base unit, written out or shortened, as the linter of Prometheus has them. */
const OTHER_UNITS =
  /_(?:milli|micro|nano|kilo|mega|giga|kibi|mebi|gibi)\w+$|_(?:ms|us|ns|s|sec|secs|min|mins|minutes|h|hours|days|weeks|kb|mb|gb|kib|mib|b|percent)(?:_total)?$/;

/** What `promtool check metrics` would find in a scrape; empty where it would find nothing. */
export function faultsOfScrape(scrape: string): readonly string[] {
  const described = describedIn(scrape);
  const types = new Map(described.map(({ name, type }) => [name, type]));
  return [...described.flatMap(faultsOf), ...scrape.split('\n').flatMap((line) => faultsOfLine(line, types))];
}

export function describedIn(scrape: string): readonly Described[] {
  const help = new Map([...scrape.matchAll(/^# HELP (\S+) ?(.*)$/gm)].map(([, name, text]) => [name, text]));
  return [...scrape.matchAll(/^# TYPE (\S+) (\w+)$/gm)].map(([, name = '', type = '']) => ({
    ...{ name, type },
    help: help.get(name) ?? '',
  }));
}

function faultsOf({ name, type, help }: Described): readonly string[] {
  const isWrong: readonly (readonly [boolean, string])[] = [
    [help.trim() === '', 'has no help'],
    [!/^[a-z][a-z0-9_]*$/.test(name), 'is not in snake case'],
    [type === 'counter' && !name.endsWith('_total'), 'is a counter without _total'],
    [type !== 'counter' && name.endsWith('_total'), `is a ${type} called like a counter`],
    [/_(?:count|sum|bucket)$/.test(name), 'ends as a part of a histogram'],
    [new RegExp(`_${type}(?:_|$)`).test(name), 'holds its type'],
    [OTHER_UNITS.test(name), 'is not in a base unit'],
  ];
  return isWrong.filter(([wrong]) => wrong).map(([, what]) => `${name} ${what}`);
}

function faultsOfLine(line: string, types: ReadonlyMap<string, string>): readonly string[] {
  if (line === '' || line.startsWith('#')) return [];
  const [, name = '', pairs = ''] = /^([^\s{]+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
  if (name === '') return [`"${line}" is no sample`];
  const family = types.has(name) ? name : name.replace(/_(?:count|sum|bucket)$/, '');
  const type = types.get(family);
  if (type === undefined) return [`${name} has no type`];
  const labels = [...pairs.matchAll(/(\w+)="/g)].map((match) => match[1] ?? '');
  return labels
    .filter((label) => (label === 'le' && type !== 'histogram') || !/^[a-z][a-z0-9_]*$/.test(label))
    .map((label) => `${name} has the label ${label}`);
}
