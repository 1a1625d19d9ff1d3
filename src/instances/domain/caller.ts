/** What the rules need to know of whoever asks. */
export interface Caller {
  /** Administrators alone may name variables of the process and, in local mode, addresses of this machine. */
  readonly isAdmin: boolean;
  may(permission: string): boolean;
}
