import { type ClientDefinition } from './client-definition';
import { DESKTOP_CLIENTS } from './desktop-clients';
import { EDITOR_CLIENTS } from './editor-clients';
import { TERMINAL_CLIENTS } from './terminal-clients';

/** Every client we know the configuration of, by id. */
export const CLIENTS: readonly ClientDefinition[] = [
  ...TERMINAL_CLIENTS,
  ...EDITOR_CLIENTS,
  ...DESKTOP_CLIENTS,
].sort((a, b) => (a.id < b.id ? -1 : 1));

export const clientById = (id: string): ClientDefinition | undefined =>
  CLIENTS.find((client) => client.id === id);
export { type ClientDefinition, type ConnectTarget, KEY_VARIABLE } from './client-definition';
