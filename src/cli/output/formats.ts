import { stringify } from 'yaml';
import { CliError, EXIT } from '../failures';
import { type Column, tableOf } from './table';

export const FORMATS = ['table', 'json', 'yaml', 'name'] as const;
export type Format = (typeof FORMATS)[number];

export function formatOf(text: string): Format {
  const known = FORMATS.find((each) => each === text);
  if (known !== undefined) return known;
  throw new CliError(`"${text}" is no output format. There are: ${FORMATS.join(', ')}.`, EXIT.usage);
}

/** How a list is shown. */
export interface Listing<T> {
  readonly columns: readonly Column<T>[];
  /** For `-o name`: what other commands take. */
  readonly name: (row: T) => string;
}

export function listed<T>(format: Format, rows: readonly T[], { columns, name }: Listing<T>): string {
  switch (format) {
    case 'json':
      return JSON.stringify(rows, null, 2);
    case 'yaml':
      return stringify(rows).trimEnd();
    case 'name':
      return rows.map(name).join('\n');
    case 'table':
      return tableOf(rows, columns);
  }
}

/** One thing: a table has no use here, so that it is told in the words of the command. */
export function shown(format: Format, value: unknown, words: () => string): string {
  if (format === 'json') return JSON.stringify(value, null, 2);
  if (format === 'yaml') return stringify(value).trimEnd();
  return words();
}
