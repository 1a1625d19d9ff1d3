import { existsSync, readFileSync } from 'node:fs';
import { Reader } from '../reader';
import { PAGE_LIMIT_MS } from '../runnable';

/** Each command of these pages is a process of its own, which takes longer than `npm test` has. */
const PAGES = [
  'docs/tutorial.md',
  'docs/how-to/agent.md',
  'docs/how-to/pipeline.md',
  'docs/how-to/rotate-keys.md',
];

describe('somebody who follows the documentation', () => {
  let reader: Reader;

  beforeAll(async () => {
    reader = await Reader.start();
  }, 180_000);
  afterAll(() => (reader as Reader | undefined)?.stop());

  it.each(PAGES)(
    'E30: %s: its blocks run, and print what it says',
    (name) => reader.follows(name),
    PAGE_LIMIT_MS,
  );

  it('E32: asked nobody beyond the machine meanwhile', () => {
    expect(existsSync(reader.outbound) ? readFileSync(reader.outbound, 'utf8') : '').toBe('');
  });
});
