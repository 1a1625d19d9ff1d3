/** Places of a simple address template (RFC 6570, levels 1 to 3): the names in braces. */
const PLACE = /\{([+#./;?&]?)([\w.,%*-]+)\}/g;

const namesIn = (list: string): readonly string[] => list.split(',').map((name) => name.replace('*', ''));

export const placesOf = (template: string): readonly string[] => [
  ...new Set([...template.matchAll(PLACE)].flatMap(([, , names]) => namesIn(names ?? ''))),
];

const JOINS: Readonly<Record<string, readonly [begin: string, join: string, named: boolean]>> = {
  '': ['', ',', false],
  '+': ['', ',', false],
  '#': ['#', ',', false],
  '.': ['.', '.', false],
  '/': ['/', '/', false],
  ';': [';', ';', true],
  '?': ['?', '&', true],
  '&': ['&', '&', true],
};

/** Places without a value are left out, as the standard says. */
export const filled = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replaceAll(PLACE, (_whole, operator: string, names: string) => {
    const [begin, join, named] = JOINS[operator] ?? ['', ',', false];
    const encode = operator === '+' || operator === '#' ? encodeURI : encodeURIComponent;
    const parts = namesIn(names).flatMap((name) => {
      const value = values[name];
      if (value === undefined || value === '') return [];
      return [named ? `${name}=${encode(value)}` : encode(value)];
    });
    return parts.length === 0 ? '' : begin + parts.join(join);
  });
