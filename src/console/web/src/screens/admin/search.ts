export const USER_TABS = ['users', 'roles', 'explain'] as const;
export const WEBHOOK_TABS = ['webhooks', 'recipients', 'deliveries'] as const;
export const SETTING_TABS = ['stored', 'environment'] as const;
export const OUTCOMES = ['succeeded', 'denied', 'failed'] as const;

const TABS = [...USER_TABS, ...WEBHOOK_TABS, ...SETTING_TABS] as const;

export interface AdminSearch {
  readonly q?: string;
  readonly tab?: (typeof TABS)[number];
  /** Filters of the audit trail, and who or what is asked about among users. */
  readonly actor?: string;
  readonly action?: string;
  readonly resource?: string;
  readonly outcome?: (typeof OUTCOMES)[number];
  readonly user?: string;
  readonly permission?: string;
  /** The row of the trail that is open. */
  readonly entry?: string;
  /** When that happened: what calls are found by. */
  readonly at?: string;
}

const TEXTS = ['q', 'actor', 'action', 'resource', 'user', 'permission', 'entry', 'at'] as const;

/** Whatever an old link says: what is not known any more is left out, not refused. */
export function validateAdminSearch(search: Record<string, unknown>): AdminSearch {
  const tab = TABS.find((one) => one === search['tab']);
  const outcome = OUTCOMES.find((one) => one === search['outcome']);
  const texts = TEXTS.flatMap((name) => {
    const value = search[name];
    const text = typeof value === 'number' ? String(value) : value;
    return typeof text === 'string' && text !== '' ? [[name, text] as const] : [];
  });
  return {
    ...Object.fromEntries(texts),
    ...(tab === undefined ? {} : { tab }),
    ...(outcome === undefined ? {} : { outcome }),
  };
}
