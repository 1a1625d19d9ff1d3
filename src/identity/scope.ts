/** Required by every reader and repository of rows that belong to a workspace. */
export { type Scope } from '@app/kernel';
export { scopeOf, scopeOfRequest } from '@app/telemetry';
