import { type SettingDescription, settingsOf, type SettingsClass } from './setting';

const HEAD = `# Every setting, with its default where it has one. Copy to .env and change what you need.
# Each may be given as <NAME>_FILE instead: the value is then read from that file.
# This file is generated: change the settings class and run "npm run docs".
`;
const LINE_WIDTH = 100;

/** The text of `.env.example`. A secret has no default and no example that could be left as it is. */
export function environmentExample<T extends object>(settingsClass: SettingsClass<T>): string {
  const sections = new Map<string, SettingDescription[]>();
  for (const setting of settingsOf(settingsClass).filter(({ internal }) => internal !== true))
    sections.set(setting.section, [...(sections.get(setting.section) ?? []), setting]);
  const blocks = [...sections].map(([section, settings]) =>
    [`# ── ${section} ──`, ...settings.map(describeSetting)].join('\n\n'),
  );
  return `${[HEAD, ...blocks].join('\n')}\n`.replaceAll(/\n(# ── )/g, '\n\n$1').replaceAll(/\n{3,}/g, '\n\n');
}

function describeSetting(setting: SettingDescription): string {
  const notes = [setting.required ? 'Required.' : undefined, setting.secret ? 'A secret.' : undefined]
    .filter((note) => note !== undefined)
    .join(' ');
  const text = [setting.describe, notes, exampleOf(setting)].filter((part) => part !== '').join(' ');
  const value = setting.default ?? '';
  return [...wrap(text), setting.required ? `${setting.name}=${value}` : `#${setting.name}=${value}`].join(
    '\n',
  );
}

const exampleOf = ({ example }: SettingDescription): string =>
  example === undefined ? '' : `Example: ${example}`;

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = '#';
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > LINE_WIDTH && line !== '#') {
      lines.push(line);
      line = '#';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}
