/**
 * What an agent can do, in a word: lower-case letters, digits, and `. _ : / -` between them. Free text would never be written
 * the same way twice, and a task waits for ever for a capability that differs by a blank.
 */
export const CAPABILITY_PATTERN = /^[a-z0-9](?:[a-z0-9._:/-]{0,62}[a-z0-9])?$/;
export const CAPABILITIES_MAX = 64;
