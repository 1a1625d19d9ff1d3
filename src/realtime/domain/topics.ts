/** What can be subscribed to. Each needs a permission of its own, and each event belongs to one. */
export const TOPICS = [
  'tasks',
  'agents',
  'pipelines',
  'instances',
  'tools',
  'notifications',
  'audit',
] as const;
export type Topic = (typeof TOPICS)[number];

export const TOPIC_PERMISSIONS: Readonly<Record<Topic, string>> = {
  tasks: 'tasks:read',
  agents: 'agents:read',
  pipelines: 'pipelines:read',
  instances: 'instances:read',
  tools: 'tools:read',
  notifications: 'notifications:read',
  audit: 'audit:read',
};

export const isTopic = (value: unknown): value is Topic => (TOPICS as readonly unknown[]).includes(value);

const PREFIXES: readonly (readonly [prefix: string, topic: Topic])[] = [
  ['task.', 'tasks'],
  ['agent.', 'agents'],
  ['pipeline.', 'pipelines'],
  ['mcp.instance.', 'instances'],
  ['notification.', 'notifications'],
  ['webhook.', 'notifications'],
];

/** What has no topic of its own is an entry of the trail: definitions, endpoints, identity, limits, secrets, settings. */
export const topicOf = (eventName: string): Topic =>
  PREFIXES.find(([prefix]) => eventName.startsWith(prefix))?.[1] ?? 'audit';
