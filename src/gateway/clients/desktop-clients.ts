import { stringify } from 'yaml';
import { type ClientDefinition, everywhere, KEY_PLACEHOLDER, pastedKey, underKey } from './client-definition';

/** Unfolded: an address on two lines is a broken address to whoever copies it. */
const yaml = (value: object): string => stringify(value, { lineWidth: 0 });

/** Applications, and what is left: whatever speaks stdio only. */
export const DESKTOP_CLIENTS: readonly ClientDefinition[] = [
  {
    id: 'claude-desktop',
    title: 'Claude Desktop',
    format: 'json',
    userFile: {
      macos: '~/Library/Application Support/Claude/claude_desktop_config.json',
      windows: '%APPDATA%\\Claude\\claude_desktop_config.json',
    },
    render: (target) =>
      underKey('mcpServers', target, {
        command: 'npx',
        args: ['mcp-remote', target.url, '--header', `Authorization: Bearer ${KEY_PLACEHOLDER}`],
      }),
    key: 'paste',
    traps: [
      'It starts programs only: an entry with "url" is ignored.',
      'Its connectors take no headers and need a public https address.',
    ],
  },
  {
    id: 'goose',
    title: 'Goose',
    format: 'yaml',
    userFile: {
      macos: '~/.config/goose/config.yaml',
      linux: '~/.config/goose/config.yaml',
      windows: '%APPDATA%\\Block\\goose\\config\\config.yaml',
    },
    render: ({ name, url }) =>
      yaml({
        extensions: {
          [name]: { name, type: 'streamable_http', uri: url, headers: pastedKey, enabled: true, timeout: 60 },
        },
      }),
    key: 'paste',
    traps: ['The address is called "uri".', 'The type is written in snake case.'],
  },
  {
    id: 'continue',
    title: 'Continue',
    format: 'yaml',
    userFile: everywhere('~/.continue/config.yaml'),
    render: ({ name, url }) =>
      yaml({
        mcpServers: [{ name, type: 'streamable-http', url, requestOptions: { headers: pastedKey } }],
      }),
    key: 'paste',
    traps: ['It is a list, not a map.', 'Plain "headers" is said to be ignored.'],
    unconfirmed: ['requestOptions'],
  },
  {
    id: 'lm-studio',
    title: 'LM Studio',
    format: 'json',
    userFile: everywhere('~/.lmstudio/mcp.json'),
    render: (target) => underKey('mcpServers', target, { url: target.url, headers: pastedKey }),
    deepLink: ({ name, url }) => {
      const entry = Buffer.from(JSON.stringify({ url, headers: pastedKey })).toString('base64');
      return `lmstudio://add_mcp?name=${encodeURIComponent(name)}&config=${encodeURIComponent(entry)}`;
    },
    key: 'paste',
    traps: [
      'The file is opened from the editor of the application.',
      'Older versions keep it below ~/.cache/lm-studio.',
    ],
  },
  {
    id: 'stdio',
    title: 'Any client that starts programs only',
    format: 'json',
    userFile: {},
    render: (target) =>
      underKey('mcpServers', target, {
        command: 'npx',
        args: ['mcp-remote', target.url, '--header', `Authorization:\${AUTH_HEADER}`],
        env: { AUTH_HEADER: `Bearer ${KEY_PLACEHOLDER}` },
      }),
    key: 'paste',
    traps: [
      'The header holds no space, since some clients split arguments at spaces; the value comes from the environment.',
    ],
  },
];
