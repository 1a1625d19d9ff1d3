import {
  IconBook2,
  IconBuilding,
  IconChecklist,
  IconGauge,
  IconHistory,
  IconInfoCircle,
  IconKey,
  IconLayoutDashboard,
  IconLock,
  IconPlugConnected,
  IconRobot,
  IconRoute,
  IconServer2,
  IconSettings,
  IconStack2,
  IconTool,
  IconUsers,
  IconWebhook,
} from '@tabler/icons-react';
import { words } from '~/design/words';

const { nav } = words;

export interface NavEntry {
  readonly to: string;
  readonly label: string;
  readonly icon: typeof IconTool;
  /** Without it the entry is not shown. */
  readonly permission?: string;
  /** Second key after `g`. */
  readonly letter?: string;
}

export interface NavGroup {
  readonly label: string;
  readonly entries: readonly NavEntry[];
}

export const NAVIGATION: readonly NavGroup[] = [
  { label: '', entries: [{ to: '/', label: nav.overview, icon: IconLayoutDashboard, letter: 'o' }] },
  {
    label: nav.servers,
    entries: [
      { to: '/catalog', label: nav.catalog, icon: IconBook2, permission: 'servers:read', letter: 'c' },
      {
        to: '/instances',
        label: nav.instances,
        icon: IconServer2,
        permission: 'instances:read',
        letter: 'i',
      },
    ],
  },
  {
    label: nav.gateway,
    entries: [
      { to: '/tools', label: nav.tools, icon: IconTool, permission: 'tools:read', letter: 't' },
      { to: '/connect', label: nav.connect, icon: IconPlugConnected, permission: 'tools:read', letter: 'n' },
    ],
  },
  {
    label: nav.work,
    entries: [
      { to: '/agents', label: nav.agents, icon: IconRobot, permission: 'agents:read', letter: 'a' },
      { to: '/pipelines', label: nav.pipelines, icon: IconRoute, permission: 'pipelines:read', letter: 'p' },
      { to: '/tasks', label: nav.tasks, icon: IconChecklist, permission: 'tasks:read', letter: 'k' },
      { to: '/queues', label: nav.queues, icon: IconStack2, permission: 'tasks:read' },
    ],
  },
  {
    label: nav.admin,
    entries: [
      { to: '/admin/users', label: nav.users, icon: IconUsers, permission: 'users:read' },
      {
        to: '/admin/workspaces',
        label: nav.workspaces,
        icon: IconBuilding,
        permission: 'workspaces:read',
      },
      { to: '/admin/keys', label: nav.keys, icon: IconKey, permission: 'keys:read' },
      { to: '/admin/secrets', label: nav.secrets, icon: IconLock, permission: 'secrets:read' },
      { to: '/admin/quotas', label: nav.quotas, icon: IconGauge, permission: 'usage:read' },
      { to: '/admin/webhooks', label: nav.webhooks, icon: IconWebhook, permission: 'notifications:read' },
      { to: '/admin/audit', label: nav.audit, icon: IconHistory, permission: 'audit:read' },
      { to: '/admin/settings', label: nav.settings, icon: IconSettings, permission: 'settings:read' },
      { to: '/admin/about', label: nav.about, icon: IconInfoCircle },
    ],
  },
];
