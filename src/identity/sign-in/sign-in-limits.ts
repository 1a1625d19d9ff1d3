/** Whose password or link is tried, and from where. */
export interface SignInTry {
  readonly account: string;
  readonly address: string | undefined;
}

/** How often passwords and links may be tried, per account and per address. */
export abstract class SignInLimits {
  /** Counts the try, for an account that does not exist like for any other; throws when there were too many. */
  abstract admit(attempt: SignInTry): Promise<void>;
  /** What turned out to be right was no guess. */
  abstract succeeded(attempt: SignInTry): Promise<void>;
}
