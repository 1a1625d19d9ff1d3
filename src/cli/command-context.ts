import { type Session } from './session';

/** What the groups of commands are given. */
export interface CommandContext {
  readonly env: NodeJS.ProcessEnv;
  readonly dataDir: () => string;
  readonly session: Session;
  /** Says an error in its words, and keeps what the process ends with. */
  readonly act: <A extends unknown[]>(
    work: (...args: A) => Promise<void> | void,
  ) => (...args: A) => Promise<void>;
}
