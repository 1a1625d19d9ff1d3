import { environmentExample, type SettingDescription, settingsOf } from '@app/config';
import { SETTING_NAMES, SETTINGS } from '../settings';
import { Settings } from './settings';

const HEAD = `# Configuration

Settings are variables of the environment. Each may be given as \`<NAME>_FILE\` instead: the value is then the content of that
file. \`npm start\` needs none of them; it makes keys and starts stores itself. All faults are reported at once, and the process
then ends with exit code 78.

This page and \`.env.example\` are written from \`src/app/settings.ts\` by \`npm run docs\`.
`;

const row = ({ name, describe, example, required, secret, default: value }: SettingDescription): string => {
  const standard = value === undefined || value === '' ? (required ? 'required' : '–') : `\`${value}\``;
  const notes = [
    describe,
    example === undefined ? '' : `Example: \`${example}\`.`,
    secret ? '**Secret.**' : '',
  ];
  return `| \`${name}\` | ${standard} | ${notes
    .filter((note) => note !== '')
    .join(' ')
    .replaceAll('|', '\\|')} |`;
};

function configurationPage(): string {
  const sections = new Map<string, SettingDescription[]>();
  for (const setting of settingsOf(Settings).filter(({ internal }) => internal !== true))
    sections.set(setting.section, [...(sections.get(setting.section) ?? []), setting]);
  const tables = [...sections].map(([section, settings]) =>
    [`## ${section}`, '', '| setting | default | meaning |', '|---|---|---|', ...settings.map(row)].join(
      '\n',
    ),
  );
  return `${[HEAD, ...tables].join('\n')}\n`.replaceAll(/\n## /g, '\n\n## ').replaceAll(/\n{3,}/g, '\n\n');
}

const STORED_HEAD = `# Stored settings

What is tuned while the product runs is kept in the database: \`GET /api/v1/settings\` shows it, \`PUT /api/v1/settings/{name}\`
changes it, and every process knows the new value within a few seconds. A change names the version that it changes (\`If-Match\`) and
leaves both values in the audit trail; \`DELETE\` gives a setting its default again. What a process has to know before there is a
database is on the page [configuration](configuration.md).

This page is written from \`src/settings/stored-settings.ts\` by \`npm run docs\`.

| setting | type | default | values | meaning | read by |
|---|---|---|---|---|---|
`;

function storedSettingsPage(): string {
  const rows = SETTING_NAMES.map((name) => {
    const { type, default: value, bounds, description, readBy } = SETTINGS[name];
    return `| \`${name}\` | ${type} | \`${JSON.stringify(value)}\` | ${bounds} | ${description} | ${readBy} |`;
  });
  return `${STORED_HEAD}${rows.join('\n')}\n`;
}

process.stdout.write(
  JSON.stringify({
    '.env.example': environmentExample(Settings),
    'docs/configuration.md': configurationPage(),
    'docs/settings.md': storedSettingsPage(),
  }),
);
