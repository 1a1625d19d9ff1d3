import { type Reach } from '../identity';

/** Whoever looks: the overview shows nothing that the lists behind it would not. */
export interface Viewer {
  readonly workspaceId: string;
  readonly userId: string | null;
  /** As an actor is written. */
  readonly actor: string;
  readonly isAdmin: boolean;
  readonly may: (permission: string) => boolean;
  readonly instances: Reach;
  readonly pipelines: Reach;
}
