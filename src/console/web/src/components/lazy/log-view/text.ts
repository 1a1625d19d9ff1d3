/** Words of the log view. */
export const text = {
  search: 'Search the lines',
  levels: 'Levels',
  follow: 'Follow',
  followHint: 'Stay at the newest line (f)',
  wrap: 'Wrap',
  download: 'Download',
  copy: 'entry',
  newLines: (count: number) => (count === 1 ? '1 new line' : `${count} new lines`),
  lost: 'Lines are missing here: the connection was away for longer than the server remembers.',
  none: 'No line fits the search.',
  dropped: (count: number) => `The oldest ${count} lines are no longer kept here.`,
} as const;
