/** What one process does. `all-in-one` is every role in one process. */
export const ROLES = ['api', 'gateway', 'worker', 'provisioner', 'all-in-one'] as const;
export type Role = (typeof ROLES)[number];

export const includes = (role: Role, part: Exclude<Role, 'all-in-one'>): boolean =>
  role === 'all-in-one' || role === part;
