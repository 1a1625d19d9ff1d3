export interface WelcomeSearch {
  /** Where to go after signing in: an address of this console. */
  readonly next?: string;
}

export const validateWelcomeSearch = (search: Record<string, unknown>): WelcomeSearch =>
  typeof search['next'] === 'string' ? { next: search['next'] } : {};
