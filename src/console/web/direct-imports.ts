import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Plugin } from 'vite';

type Homes = ReadonlyMap<string, string>;

const PASSED_ON = /import \{([^}]+)\} from "([^"]+)";/g;

/**
 * Imports each name of a package from the very file that holds it, in our sources and in packages that build on it. The entry
 * file of such a package names all its parts; a first chunk that imports one name of it takes in the parts of every screen.
 */
export function directImports(entries: Readonly<Record<string, string>>): Plugin {
  const homes = new Map(Object.entries(entries).map(([name, entry]) => [name, homesOf(entry)]));
  const statement = new RegExp(
    `import\\s*\\{([^}]*)\\}\\s*from\\s*["'](${[...homes.keys()].join('|')})["'];?`,
    'g',
  );
  return {
    name: 'direct-imports',
    apply: 'build',
    transform: {
      // Afterwards, when types are gone: what names only a type is no import any more.
      order: 'post',
      filter: { id: /\.(?:tsx?|m?js)$/ },
      handler: (code) => ({
        code: code.replace(statement, (_, names: string, from: string) =>
          listed(names)
            .map((name) => imported(name, from, homes.get(from)))
            .join('\n'),
        ),
        map: null,
      }),
    },
  };
}

/** Where each name of an entry file comes from: a file of its package, or another package. */
function homesOf(entry: string): Homes {
  const homes = new Map<string, string>();
  for (const [, names = '', from = ''] of readFileSync(entry, 'utf8').matchAll(PASSED_ON)) {
    const home = from.startsWith('.') ? join(dirname(entry), from) : from;
    for (const name of listed(names)) homes.set(name, home);
  }
  return homes;
}

const listed = (names: string): readonly string[] =>
  names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** What cannot be found stays as it was; the budget of the build tells when that is too much. */
function imported(name: string, from: string, homes: Homes | undefined): string {
  const home = homes?.get(name.split(' ')[0] ?? '') ?? from;
  return `import { ${name} } from ${JSON.stringify(home)};`;
}
