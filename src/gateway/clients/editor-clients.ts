import {
  type ClientDefinition,
  type ConnectTarget,
  everywhere,
  json,
  KEY_VARIABLE,
  pastedKey,
  underKey,
  variableKey,
} from './client-definition';

const PROMPT_ID = 'quayside-token';
const prompted = { Authorization: `Bearer \${input:${PROMPT_ID}}` } as const;
const PROMPT = {
  type: 'promptString',
  id: PROMPT_ID,
  description: 'Quayside API key',
  password: true,
} as const;

const vsCodeEntry = ({ url }: ConnectTarget) => ({ type: 'http', url, headers: prompted });

const vsCode = (
  id: string,
  title: string,
  folder: string,
  scheme: string,
  program: string,
): ClientDefinition => ({
  id,
  title,
  format: 'jsonc',
  userFile: {
    macos: `~/Library/Application Support/${folder}/User/mcp.json`,
    linux: `~/.config/${folder}/User/mcp.json`,
    windows: `%APPDATA%\\${folder}\\User\\mcp.json`,
  },
  projectFile: '.vscode/mcp.json',
  render: (target) => json({ servers: { [target.name]: vsCodeEntry(target) }, inputs: [PROMPT] }),
  command: (target) =>
    `${program} --add-mcp '${JSON.stringify({ name: target.name, ...vsCodeEntry(target) })}'`,
  deepLink: (target) =>
    `${scheme}:mcp/install?${encodeURIComponent(
      JSON.stringify({ name: target.name, ...vsCodeEntry(target), inputs: [PROMPT] }),
    )}`,
  key: 'prompt',
  traps: ['The key is "servers", not "mcpServers".', 'Insiders has a profile and a link of its own.'],
});

/** The entry in the link is the one of the file, placeholder and all. */
const base64Entry = ({ url }: ConnectTarget): string =>
  encodeURIComponent(Buffer.from(JSON.stringify({ url, headers: pastedKey })).toString('base64'));

const globalStorage = (path: string): ClientDefinition['userFile'] => ({
  macos: `~/Library/Application Support/Code/User/globalStorage/${path}`,
  linux: `~/.config/Code/User/globalStorage/${path}`,
  windows: `%APPDATA%\\Code\\User\\globalStorage\\${path.replaceAll('/', '\\')}`,
});

/** Editors and their extensions. */
export const EDITOR_CLIENTS: readonly ClientDefinition[] = [
  vsCode('vscode', 'Visual Studio Code', 'Code', 'vscode', 'code'),
  vsCode(
    'vscode-insiders',
    'Visual Studio Code Insiders',
    'Code - Insiders',
    'vscode-insiders',
    'code-insiders',
  ),
  {
    ...vsCode('vscode-server', 'Visual Studio Code Server', 'Code', 'vscode', 'code'),
    // The profile lives where the server runs, which is hardly ever another system than Linux.
    userFile: { linux: '~/.vscode-server/data/User/mcp.json' },
    traps: [
      'The key is "servers", not "mcpServers".',
      'It is read on the remote side: the address must be reachable from there.',
    ],
    unconfirmed: ['the user file'],
  },
  {
    id: 'cursor',
    title: 'Cursor',
    format: 'json',
    userFile: everywhere('~/.cursor/mcp.json'),
    projectFile: '.cursor/mcp.json',
    render: (target) => underKey('mcpServers', target, { url: target.url, headers: pastedKey }),
    deepLink: (target) =>
      `cursor://anysphere.cursor-deeplink/mcp/install?name=${encodeURIComponent(target.name)}&config=${base64Entry(target)}`,
    key: 'paste',
    traps: [
      'There is a limit to the number of tools.',
      'Server and tool name together should stay below 60 characters.',
    ],
    unconfirmed: ['the limit of 60 characters'],
  },
  {
    id: 'windsurf',
    title: 'Windsurf',
    format: 'json',
    userFile: everywhere('~/.codeium/windsurf/mcp_config.json'),
    render: (target) => underKey('mcpServers', target, { serverUrl: target.url, headers: pastedKey }),
    key: 'paste',
    traps: [
      '"url" is ignored: it is "serverUrl".',
      'The JetBrains plug-in reads ~/.codeium/mcp_config.json.',
    ],
  },
  {
    id: 'antigravity',
    title: 'Antigravity',
    format: 'json',
    userFile: everywhere('~/.gemini/antigravity/mcp_config.json'),
    render: (target) => underKey('mcpServers', target, { serverUrl: target.url, headers: pastedKey }),
    key: 'paste',
    traps: ['It is "serverUrl", neither "url" nor "httpUrl".'],
  },
  {
    id: 'cline',
    title: 'Cline',
    format: 'json',
    userFile: globalStorage('saoudrizwan.claude-dev/settings/cline_mcp_settings.json'),
    render: (target) =>
      underKey('mcpServers', target, { type: 'streamableHttp', url: target.url, headers: pastedKey }),
    key: 'paste',
    traps: ['The type is written in camel case; without it the server is taken for SSE.'],
    unconfirmed: ['what happens without a type'],
  },
  {
    id: 'roo-code',
    title: 'Roo Code',
    format: 'json',
    userFile: globalStorage('rooveterinaryinc.roo-cline/settings/mcp_settings.json'),
    projectFile: '.roo/mcp.json',
    render: (target) =>
      underKey('mcpServers', target, { type: 'streamable-http', url: target.url, headers: pastedKey }),
    key: 'paste',
    traps: ['The type is written with a dash.'],
    unconfirmed: ['the project file'],
  },
  {
    id: 'zed',
    title: 'Zed',
    format: 'jsonc',
    userFile: {
      macos: '~/.config/zed/settings.json',
      linux: '~/.config/zed/settings.json',
      windows: '%APPDATA%\\Zed\\settings.json',
    },
    render: (target) => underKey('context_servers', target, { url: target.url, headers: pastedKey }),
    key: 'paste',
    traps: [
      'Without Authorization it starts OAuth.',
      'The file holds other settings and comments: merge, do not replace.',
    ],
  },
  {
    id: 'kiro',
    title: 'Kiro',
    format: 'json',
    userFile: everywhere('~/.kiro/settings/mcp.json'),
    projectFile: '.kiro/settings/mcp.json',
    render: (target) =>
      underKey('mcpServers', target, { url: target.url, headers: variableKey, disabled: false }),
    key: 'environment',
    traps: ['There is no "type".', `${KEY_VARIABLE} must be approved in its settings.`],
  },
  {
    id: 'trae',
    title: 'Trae',
    format: 'json',
    userFile: {
      macos: '~/Library/Application Support/Trae/User/mcp.json',
      linux: '~/.config/Trae/User/mcp.json',
      windows: '%APPDATA%\\Trae\\User\\mcp.json',
    },
    render: (target) => underKey('mcpServers', target, { url: target.url, headers: pastedKey }),
    key: 'paste',
    traps: ['There is no "type".'],
  },
  {
    id: 'qoder',
    title: 'Qoder',
    format: 'json',
    userFile: everywhere('~/.qoder/mcp.json'),
    render: (target) => underKey('mcpServers', target, { type: 'http', url: target.url, headers: pastedKey }),
    key: 'paste',
    traps: ['"type" is required.'],
  },
];
