import { type Scope } from '@app/kernel';

/** As much of an instance as decides who may use it. */
export interface Known {
  readonly id: string;
  readonly name: string;
}

/** Which instances a piece of work is about: those of one workspace that its caller may use for this. */
export interface InstanceScope extends Scope {
  /** Who asks, as it is written down. */
  readonly actor: string;
  /** Throws what `unknown` makes where the caller must not learn that the instance exists, else that it may not. */
  admit(instance: Known, unknown: () => Error): void;
  /** What a list leaves out besides other workspaces; asked when the list is. */
  reach(): { readonly onlyNames?: readonly string[]; readonly withoutIds: readonly string[] };
}
