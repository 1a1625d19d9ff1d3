import { type Connection } from './data';

/** As the server writes it where a client takes no variables (src/gateway/clients). */
const PLACEHOLDER = '<your Quayside API key>';

export type System = 'macos' | 'linux' | 'windows';

/** The texts of a client with the key in them, where one was made. */
export function withKey(connection: Connection, key: string | undefined) {
  const variable = connection.key_variable ?? 'QUAYSIDE_TOKEN';
  const { config, command } = connection;
  return {
    config: key === undefined ? config : config.replaceAll(PLACEHOLDER, () => key),
    command:
      key === undefined || command === undefined ? command : command.replaceAll(`$${variable}`, () => key),
  };
}

/** How a variable is set where the client is started. */
export const assignment = (system: System, variable: string, key: string): string =>
  system === 'windows' ? `$env:${variable} = "${key}"` : `export ${variable}="${key}"`;

/** The one this browser runs on, so that the first path is mostly the right one. */
export function ownSystem(agent = navigator.userAgent): System {
  if (/Windows/.test(agent)) return 'windows';
  return /Mac OS|Macintosh/.test(agent) ? 'macos' : 'linux';
}

/** What a link of the API may open: the schemes of the clients that have one. Anything else stays text. */
const SCHEMES = /^(vscode|vscode-insiders|cursor|lmstudio):/;
export const isOpenable = (link: string): boolean => SCHEMES.test(link);
