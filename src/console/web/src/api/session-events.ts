type Listener = () => void;
const listeners = new Set<Listener>();

/** Called by the client and the socket when the server no longer knows the session. */
export function sessionEnded(): void {
  for (const listener of listeners) listener();
}

export function onSessionEnded(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
