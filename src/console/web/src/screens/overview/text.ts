import { type components } from '~/api/schema.gen';

export type AttentionKind = components['schemas']['AttentionDto']['kind'];

/** The words of the overview. */
export const text = {
  title: 'Overview',
  instances: 'Instances',
  agents: 'Agents',
  runs: 'Runs in 24 h',
  tasks: 'Tasks in the queue',
  none: 'none',
  attention: 'Needs attention',
  allWell: 'Nothing needs you',
  checked: (count: number) =>
    count === 1 ? 'One kind of trouble was looked for' : `${count} kinds of trouble were looked for`,
  more: (count: number, what: string) => `${count} more: ${what}`,
  range: 'Range',
  activity: 'Activity',
  calls: 'Calls per minute',
  p95: 'p95 of calls',
  errors: 'Error rate',
  queue: 'Waiting tasks',
  latest: 'Latest changes',
  allChanges: 'All of the audit trail',
  start: {
    title: 'Three steps to the first tool call',
    text: 'Nothing runs here yet. A server offers tools, an instance runs it, and your client connects to it.',
    steps: [
      { label: 'Pick a server', to: '/catalog', text: 'Install one from the catalog.' },
      {
        label: 'Connect your client',
        to: '/connect',
        text: 'Copy its configuration, with a key of its own.',
      },
      { label: 'Call a tool', to: '/tools', text: 'From the client, or here in the playground.' },
    ],
  },
  kinds: {
    instance_failed: { what: 'Failed instances', fix: 'Diagnose' },
    instance_unhealthy: { what: 'Unhealthy instances', fix: 'Diagnose' },
    approval_waiting: { what: 'Approvals', fix: 'Decide' },
    dead_letter: { what: 'Dead letters', fix: 'Look at it' },
    agent_lost: { what: 'Lost agents', fix: 'Look at it' },
    webhook_disabled: { what: 'Webhooks switched off', fix: 'Switch on' },
    quota_full: { what: 'Full quotas', fix: 'Raise it' },
    tool_quarantined: { what: 'Tools in quarantine', fix: 'Look at the change' },
    key_expiring: { what: 'Expiring keys', fix: 'Renew it' },
  } satisfies Readonly<Record<AttentionKind, { readonly what: string; readonly fix: string }>>,
} as const;
