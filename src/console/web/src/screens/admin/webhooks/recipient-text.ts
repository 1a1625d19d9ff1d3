/** The words of the list of those who are told by mail. */
export const recipientText = {
  add: 'Add a recipient',
  address: 'Mail address',
  addressAbout: 'A plain address, without a name. Mail leaves only where the settings name a mail server.',
  events: 'Events',
  eventsAbout: 'Names, or beginnings such as pipeline.run.*; one per line.',
  on: 'on',
  off: 'off',
  wasAdded: 'The recipient is there.',
  wasChanged: 'The recipient is changed.',
  edit: 'Edit',
  editTitle: (address: string) => `Edit ${address}`,
  removeTitle: (address: string) => `Stop mail to ${address}`,
  removeLists: ['the recipient', 'messages that wait to be sent there'],
  removed: 'The recipient is removed.',
  empty: {
    title: 'Nobody is told by mail',
    text: 'Somebody is written to when something happens here: runs that end, servers that fail.',
  },
} as const;
