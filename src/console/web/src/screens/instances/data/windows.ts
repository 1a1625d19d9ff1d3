import { type Instance } from './instance';

/** Rows that are asked for together. */
export const PAGE_SIZE = 100;
/** What lies this far beyond what is seen is loaded ahead. */
const AHEAD = PAGE_SIZE / 2;

/** One page of the list, as the server had it. */
export interface InstancePage {
  readonly rows: readonly Instance[];
  /** How many rows the whole list had. */
  readonly total: number;
}

/** The pages that hold these places and what lies around them: as many as a window needs, however long the list. */
export function pagesAround(from: number, to: number, total: number): readonly number[] {
  const last = Math.max(0, Math.ceil(total / PAGE_SIZE) - 1);
  const first = Math.min(last, Math.floor(Math.max(0, from - AHEAD) / PAGE_SIZE));
  const end = Math.max(first, Math.min(last, Math.floor((to + AHEAD) / PAGE_SIZE)));
  return Array.from({ length: end - first + 1 }, (_, at) => first + at);
}

export interface Loaded {
  /** Where the first row stands in the whole list. */
  readonly first: number;
  readonly rows: readonly Instance[];
  /** From how many pages they are. */
  readonly pages: number;
}

/** Of the pages from `start` on, those that are there and follow one another without a hole: a list has none. */
export function loadedOf(start: number, answers: readonly (InstancePage | undefined)[]): Loaded {
  const from = answers.findIndex((answer) => answer !== undefined);
  if (from === -1) return { first: 0, rows: [], pages: 0 };
  const hole = answers.findIndex((answer, at) => at > from && answer === undefined);
  const run = answers.slice(from, hole === -1 ? undefined : hole);
  const rows = run.flatMap((answer) => answer?.rows ?? []);
  return { first: (start + from) * PAGE_SIZE, rows, pages: run.length };
}
