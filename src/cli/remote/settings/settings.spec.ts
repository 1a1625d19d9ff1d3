import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CLIENTS } from '../../../gateway/clients';
import { mergeText, NotMergeableError } from './merge-text';
import { readSettings, undoSettings, writeSettings } from './settings-file';

const TARGET = { name: 'quayside-docs', url: 'http://localhost:8080/servers/docs/mcp' };
const MOVED = { ...TARGET, url: 'https://quayside.example.com/servers/docs/mcp' };

/** As somebody has it who uses the client already, with a remark of theirs. */
const THEIRS = {
  json: '{\n    "theme": "dark",\n    "mcpServers": { "other": { "url": "https://o.example.com" } },\n    "last": [1, 2]\n}\n',
  jsonc:
    '// mine\n{\n  "theme": "dark", // never light\n  /* servers */\n  "servers": {\n    "other": { "url": "https://o.example.com" }, // theirs\n  },\n  "inputs": [{ "id": "theirs", "type": "promptString" }],\n}\n',
  yaml: '# mine\ntheme: dark # never light\nmcpServers:\n  - name: other\n    url: https://o.example.com\nextensions:\n  other: { enabled: true }\n',
  toml: '# mine\ntheme = "dark" # never light\n\n[mcp_servers.other] # theirs\nurl = "https://o.example.com"\n\n# about the next one\n[history]\nkeep = true\n',
} as const;
const REMARKS = {
  json: [],
  jsonc: ['// mine', '// never light', '/* servers */', '// theirs'],
  yaml: ['# mine', '# never light'],
  toml: ['# mine', '# never light', '# theirs', '# about the next one'],
} as const;

const WITH_FILES = CLIENTS.flatMap((client) =>
  client.format === 'shell' ? [] : [[client.id, client.format, client] as const],
);

describe('E22: settings of a client', () => {
  it.each(WITH_FILES)('of %s keep what is theirs', (_id, format, client) => {
    const theirs = THEIRS[format];
    const once = mergeText(format, theirs, client.render(TARGET));
    for (const kept of [...REMARKS[format], 'dark', 'https://o.example.com', TARGET.url])
      expect(once).toContain(kept);
    expect(mergeText(format, once, client.render(TARGET))).toBe(once);
    const moved = mergeText(format, once, client.render(MOVED));
    expect([moved.includes(MOVED.url), moved.includes(TARGET.url)]).toEqual([true, false]);
    for (const kept of [...REMARKS[format], 'https://o.example.com']) expect(moved).toContain(kept);
    const fresh = mergeText(format, '', client.render(TARGET));
    expect(mergeText(format, fresh, client.render(TARGET))).toBe(fresh);
    expect(fresh).toContain(TARGET.url);
  });

  it('are changed where they must be, and nowhere else', () => {
    const ours = JSON.stringify({ servers: { mine: { url: 'u' } }, inputs: [{ id: 'mine' }] });
    expect(mergeText('jsonc', THEIRS.jsonc, ours)).toBe(
      THEIRS.jsonc
        .replace(', // theirs\n  },', ', // theirs\n    "mine": {\n      "url": "u"\n    }\n  },')
        .replace('"promptString" }],', '"promptString" },\n    {\n      "id": "mine"\n    }\n  ],'),
    );
    expect(parse(mergeText('yaml', THEIRS.yaml, 'mcpServers:\n  - name: mine\n    url: u\n'))).toMatchObject({
      mcpServers: [{ name: 'other' }, { name: 'mine', url: 'u' }],
    });
  });

  it.each([
    ['json', '{ "a": '],
    ['json', 'a: b'],
    ['jsonc', '{ "a": 1 } trailing'],
    ['yaml', 'a: [1'],
  ] as const)('that are no %s are left alone: %s', (format, text) => {
    expect(() => mergeText(format, text, '{"a":{"b":1}}')).toThrow(NotMergeableError);
  });

  it('are given back byte by byte, and are gone where there were none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'quayside-settings-'));
    try {
      const [old, fresh] = [join(folder, 'old.json'), join(folder, 'deep/new.json')];
      writeFileSync(old, THEIRS.jsonc);
      for (const file of [old, fresh])
        for (const text of ['{"first": 1}', '{"second": 2}']) writeSettings(file, text);
      expect(readSettings(old)).toBe('{"second": 2}');
      expect([undoSettings(old), undoSettings(fresh)]).toEqual([true, true]);
      expect(readFileSync(old, 'utf8')).toBe(THEIRS.jsonc);
      expect([existsSync(fresh), readSettings(fresh)]).toEqual([false, '']);
      expect([undoSettings(old), undoSettings(fresh)]).toEqual([false, false]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
