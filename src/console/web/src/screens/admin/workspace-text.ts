/** The words of the page of workspaces. */
export const workspaceText = {
  title: 'Workspaces',
  about: 'What belongs to one workspace does not exist in another. Who acts, acts in one of them.',
  add: 'Add a workspace',
  created: 'Made',
  current: 'yours now',
  edit: 'Edit',
  editTitle: (name: string) => `Edit ${name}`,
  wasAdded: 'The workspace is there.',
  wasChanged: 'The workspace is changed.',
  removeTitle: (name: string) => `Delete the workspace ${name}`,
  removeLists: [
    'the workspace, with the memberships of its users',
    'it is refused while it owns servers, secrets, agents or pipelines',
  ],
  removed: 'The workspace is deleted.',
  empty: { title: 'No workspaces', text: 'There is always one; this account may see none.' },
} as const;
