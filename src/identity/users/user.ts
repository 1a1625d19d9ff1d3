import { type Role } from '../domain/permissions';

/** Lower case, so that no two people differ by a capital letter; an address of e-mail fits too. */
export const USERNAME_PATTERN = /^[a-z0-9][a-z0-9._@+-]{0,62}$/;
export const DISPLAY_NAME_MAX = 120;
export const EMAIL_MAX = 254;
/** Workspaces that one user may be a member of. */
export const MEMBERSHIPS_MAX = 200;

export const usernameOf = (typed: string): string => typed.trim().toLowerCase();

export interface Membership {
  readonly workspaceId: string;
  readonly workspace: string;
  readonly role: Role;
}

export interface User {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly email: string | null;
  readonly disabledAt: Date | null;
  readonly hasPassword: boolean;
  readonly memberships: readonly Membership[];
  readonly rowVersion: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a caller may set of a user. `memberships` replaces them all; a workspace is given by id or name. */
export interface UserChange {
  readonly displayName?: string;
  readonly email?: string | null;
  readonly disabled?: boolean;
  readonly password?: string;
  readonly memberships?: readonly { readonly workspace: string; readonly role: Role }[];
}

export interface NewUser extends Omit<UserChange, 'disabled'> {
  readonly username: string;
}
