import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './sources';

const page = readFileSync(join(ROOT, 'docs', 'failure-semantics.md'), 'utf8');

/** Rows that say something; the head of a table and the line below it do not. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| what happens'))
  .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));

const proofs = rows.flatMap(([sentence = '', cell = '']) =>
  [...cell.matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+)\)/g)].map((match) => ({
    sentence,
    title: match[1] ?? '',
    path: match[2] ?? '',
  })),
);

describe('the page of failure semantics', () => {
  it('says much', () => {
    expect(rows.length).toBeGreaterThan(40);
  });

  it('names a test for every sentence', () => {
    const proven = new Set(proofs.map(({ sentence }) => sentence));
    expect(rows.map(([sentence]) => sentence).filter((sentence) => !proven.has(sentence ?? ''))).toEqual([]);
  });

  it.each(proofs.map(({ title, path }) => [title, path]))('%s (%s) is a test', (title, path) => {
    const file = join(ROOT, path);
    expect(existsSync(file)).toBe(true);
    // A title in source code may be broken over lines or have escaped quotes, never other words.
    expect(readFileSync(file, 'utf8').replaceAll("\\'", "'")).toContain(title);
  });
});
