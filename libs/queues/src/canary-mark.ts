/** What is a member of canary jobs, and of no others. */
export const MEMBER = 'quayside_canary';

/** The id inside a canary job, or undefined for everybody else's jobs. */
export function canaryOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !(MEMBER in data)) return undefined;
  const id: unknown = data[MEMBER];
  return typeof id === 'string' ? id : undefined;
}
