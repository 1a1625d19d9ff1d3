/** What a client is to be connected to. */
export interface ConnectTarget {
  /** A slug: `quayside-<instance or endpoint>`. */
  readonly name: string;
  readonly url: string;
}

export type OperatingSystem = 'macos' | 'linux' | 'windows';

/** One client, as data: the console, the API and the command line read the same row. */
export interface ClientDefinition {
  readonly id: string;
  readonly title: string;
  readonly format: 'json' | 'jsonc' | 'toml' | 'yaml' | 'shell';
  /** Where the text belongs for all projects of a user. */
  readonly userFile: Partial<Readonly<Record<OperatingSystem, string>>>;
  /** Where it belongs for one project. */
  readonly projectFile?: string;
  /** The text, complete: a file that does not exist yet may consist of it. */
  readonly render: (target: ConnectTarget) => string;
  /** A command that does the same. */
  readonly command?: (target: ConnectTarget) => string;
  /** A link that does the same; never holds a token. */
  readonly deepLink?: (target: ConnectTarget) => string;
  /** How the key gets to the client. */
  readonly key: 'environment' | 'prompt' | 'paste';
  /** What goes wrong when one does not know it. */
  readonly traps: readonly string[];
  /** Parts that were not found in the maker's own documents. */
  readonly unconfirmed?: readonly string[];
}

/** The variable that clients read the key from, wherever they can read one. */
export const KEY_VARIABLE = 'QUAYSIDE_TOKEN';
/** Stands where a client knows no variables: a key is never printed by us. */
export const KEY_PLACEHOLDER = '<your Quayside API key>';

export const pastedKey = { Authorization: `Bearer ${KEY_PLACEHOLDER}` } as const;
export const variableKey = { Authorization: `Bearer \${${KEY_VARIABLE}}` } as const;

export const everywhere = (path: string): Readonly<Record<OperatingSystem, string>> => ({
  macos: path,
  linux: path,
  windows: path.replace(/^~/, '%USERPROFILE%').replaceAll('/', '\\'),
});

/** `{<key>: {<name>: entry}}`, the shape of most of these files. */
export const underKey = (key: string, { name }: ConnectTarget, entry: object): string =>
  json({ [key]: { [name]: entry } });

export const json = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;
