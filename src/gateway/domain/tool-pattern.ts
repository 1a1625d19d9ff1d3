/** Grants use the same patterns, so they are the kernel's. */
export { faultOfPattern, matchesPattern } from '@app/kernel';
