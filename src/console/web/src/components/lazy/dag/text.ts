export const text = {
  view: 'View',
  graph: 'Graph',
  table: 'View as table',
  name: 'Stage',
  status: 'Status',
  after: 'Waits for',
  nothing: 'No stages yet',
  nothingText: 'A pipeline is made of stages.',
  level: (number: number) => `Level ${number}`,
  stages: (count: number) => `${count} stages`,
  cycle: 'would close a cycle',
  arrows: 'Arrow keys go along the edges',
} as const;
