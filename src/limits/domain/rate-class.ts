/** What is counted together. Each class has the stored setting `rate_limit_<class>`. */
export const RATE_CLASSES = [
  'read',
  'write',
  'mcp',
  'tool_calls',
  'anonymous',
  'refused',
  'sign_in',
  'refresh',
] as const;
export type RateClass = (typeof RATE_CLASSES)[number];

export type RateScope = 'key' | 'user' | 'address' | 'account';
