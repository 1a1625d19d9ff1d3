/** The words about pinned tools. */
export const pinText = {
  title: 'Pinned tools',
  pin: 'Keep back tools that change',
  about:
    'What the server offers now is approved. A tool whose description, schemas or annotations change later is neither listed nor called until somebody approves the change; everything else goes on.',
  on: (count: number) =>
    count === 1
      ? '1 tool is pinned to what was approved.'
      : `${count} tools are pinned to what was approved.`,
  waiting: 'Pinned. The tools are approved as soon as the server lists them.',
  quarantined: (tool: string) => `${tool} is kept back`,
  since: 'It says something else since',
  approvedBy: (who: string) => `What it said before was approved by ${who}.`,
  change: 'Before, and now',
  approve: 'Approve the change',
  approved: (tool: string) => `${tool} is offered again, as it is now.`,
  off: 'The tools are not pinned any more.',
  wasPinned: 'The tools are pinned.',
} as const;
