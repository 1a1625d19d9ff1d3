import { type Way } from './carrier';

/** What the reader is told about how fresh the page is. */
export type LiveState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live'; readonly by: Way }
  | { readonly kind: 'reconnecting'; readonly attempt: number }
  /** Nothing came for longer than a living connection is ever silent. */
  | { readonly kind: 'stale'; readonly since: number };

type Listener = () => void;

const isSame = (one: LiveState, other: LiveState): boolean =>
  one.kind === other.kind &&
  (one.kind === 'live' ? one.by === (other as typeof one).by : one.kind !== 'reconnecting');

export class LiveStatus {
  private state: LiveState = { kind: 'connecting' };
  private readonly listeners = new Set<Listener>();

  readonly get = (): LiveState => this.state;

  readonly subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  set(state: LiveState): void {
    if (isSame(state, this.state)) return;
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
