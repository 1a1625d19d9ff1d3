/** Grants use the same patterns, so they are the kernel's. */
export { faultOfPattern, matchesPattern, PATTERN_MAX_LENGTH } from '@app/kernel';
