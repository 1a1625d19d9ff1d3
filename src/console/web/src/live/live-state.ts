/** What the reader is told about how fresh the page is. */
export type LiveState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  | { readonly kind: 'reconnecting'; readonly attempt: number }
  /** Nothing came for longer than a living connection is ever silent. */
  | { readonly kind: 'stale'; readonly since: number };

type Listener = () => void;

export class LiveStatus {
  private state: LiveState = { kind: 'connecting' };
  private readonly listeners = new Set<Listener>();

  readonly get = (): LiveState => this.state;

  readonly subscribe = (listener: Listener): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  set(state: LiveState): void {
    if (state.kind === this.state.kind && state.kind !== 'reconnecting') return;
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
