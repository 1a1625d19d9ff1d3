import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demandPassphrase, readSealed, writeSealed } from './sealed-file';

const PASSPHRASE = 'correct horse battery';

describe('a sealed file', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'quayside-sealed-'));
    file = join(folder, 'backup');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function* lines(): AsyncGenerator<string> {
    for (let number = 0; number < 2_000; number += 1)
      yield await Promise.resolve(`line ${String(number)} of a secret\n`);
  }
  const read = async (passphrase: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const line of readSealed(file, passphrase)) found.push(line);
    return found;
  };

  it('gives back what was put in, to whoever knows the passphrase', async () => {
    const bytes = await writeSealed(file, PASSPHRASE, lines());
    expect(bytes).toBe(readFileSync(file).length);
    expect(readFileSync(file).includes('secret')).toBe(false);
    expect(await read(PASSPHRASE)).toHaveLength(2_000);
    await expect(read('another passphrase')).rejects.toThrow('passphrase is wrong');
  });

  it('does not come open when a byte was changed, or the end is missing', async () => {
    await writeSealed(file, PASSPHRASE, lines());
    const whole = readFileSync(file);
    const changed = Buffer.from(whole);
    changed[whole.length - 40] = (changed[whole.length - 40] ?? 0) ^ 1;
    for (const bytes of [changed, whole.subarray(0, -20)]) {
      writeFileSync(file, bytes);
      await expect(read(PASSPHRASE)).rejects.toThrow('damaged');
    }
    writeFileSync(file, 'something else');
    await expect(read(PASSPHRASE)).rejects.toThrow('no backup');
  });

  it('wants a passphrase that nobody guesses', () => {
    expect(() => demandPassphrase(undefined)).toThrow('at least 12');
    expect(() => demandPassphrase('short')).toThrow('at least 12');
    expect(demandPassphrase(PASSPHRASE)).toBe(PASSPHRASE);
  });
});
