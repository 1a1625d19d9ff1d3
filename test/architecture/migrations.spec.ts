import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './sources';

const FOLDER = join(ROOT, 'src', 'migrations');
/** What a version that still runs may be using. A view is dropped to be made anew, with more columns. */
const TAKES_AWAY =
  /\bDROP (?:TABLE|COLUMN|CONSTRAINT|INDEX)\b|\bRENAME (?:TO|COLUMN)\b|\bALTER COLUMN \w+ (?:SET NOT NULL|(?:SET DATA )?TYPE)\b/i;
/** From before the first release: nobody's older version runs on what they took away. This list never grows. */
const BEFORE_THE_FIRST = [
  '20261101001100-let-audit-outlive-events.ts',
  '20261101001600-create-workspaces.ts',
];

const files = readdirSync(FOLDER).filter((name) => /^\d{14}-.*\.ts$/.test(name));
const wayUp = (name: string): string => readFileSync(join(FOLDER, name), 'utf8').split('async down')[0] ?? '';

describe('a migration', () => {
  it.each(files.filter((name) => !BEFORE_THE_FIRST.includes(name)))(
    'only adds, so that the version before it goes on: %s',
    (name) => {
      expect(TAKES_AWAY.exec(wayUp(name))?.[0]).toBeUndefined();
    },
  );

  it('is found out when it takes away', () => {
    for (const name of BEFORE_THE_FIRST) expect(wayUp(name)).toMatch(TAKES_AWAY);
  });
});
