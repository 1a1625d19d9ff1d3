import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IsArray, IsBoolean, IsInt, IsOptional, Max, Min, MinLength } from 'class-validator';
import { InvalidEnvironmentError, loadEnv, Setting, settingsOf } from './index';

const RANDOM = 'f3Jq0Zr8WvTtN1hC6yLb9sXe4KpUaGdM';

class BaseEnv {
  @Setting({ section: 'Server', describe: 'The port.' })
  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly PORT: number = 8080;
}

class TestEnv extends BaseEnv {
  @Setting({ section: 'Server', describe: 'Whether.' })
  @IsBoolean()
  readonly VERBOSE: boolean = true;

  @Setting({ section: 'Security', describe: 'The key.', secret: true })
  @MinLength(32)
  readonly SECRET_KEY!: string;

  @Setting({ section: 'Server', describe: 'Names.' })
  @IsOptional()
  @IsArray()
  readonly NAMES?: string[];
}

function faultsOf(source: Record<string, string>): Record<string, string> {
  try {
    loadEnv(TestEnv, source);
  } catch (error) {
    if (!(error instanceof InvalidEnvironmentError)) throw error;
    return Object.fromEntries(error.faults.map(({ name, message }) => [name, message]));
  }
  return {};
}

describe('loadEnv', () => {
  const folder = mkdtempSync(join(tmpdir(), 'quayside-env-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const file = (content: string): string => {
    const path = join(folder, 'value');
    writeFileSync(path, content);
    return path;
  };

  it('reads texts as the types that the class declares', () => {
    const env = loadEnv(TestEnv, { PORT: '9000', VERBOSE: 'false', SECRET_KEY: RANDOM, NAMES: 'a, b,' });
    expect(env).toEqual({ PORT: 9000, VERBOSE: false, SECRET_KEY: RANDOM, NAMES: ['a', 'b'] });
    expect(Object.isFrozen(env)).toBe(true);
  });

  it('takes what is set to nothing as absent', () => {
    expect(loadEnv(TestEnv, { PORT: '', VERBOSE: ' ', SECRET_KEY: RANDOM }).PORT).toBe(8080);
  });

  it('names all faults at once', () => {
    expect(faultsOf({ PORT: '0', VERBOSE: 'maybe' })).toEqual({
      PORT: 'must not be less than 1',
      VERBOSE: 'must be true or false',
      SECRET_KEY: 'is missing',
    });
  });

  it('never repeats the value of a secret', () => {
    const faults = faultsOf({ SECRET_KEY: 'short-but-mine' });
    expect(faults['SECRET_KEY']).toContain('longer');
    expect(JSON.stringify(faults)).not.toContain('mine');
  });

  it('refuses a secret that stands in documents', () => {
    expect(faultsOf({ SECRET_KEY: 'your-super-secret-jwt-key-change-me-1234' })['SECRET_KEY']).toContain(
      'sample',
    );
  });

  it('reads a value from the file that NAME_FILE names', () => {
    expect(loadEnv(TestEnv, { SECRET_KEY_FILE: file(`${RANDOM}\n`) }).SECRET_KEY).toBe(RANDOM);
  });

  it.each([
    ['both are set', () => ({ SECRET_KEY: RANDOM, SECRET_KEY_FILE: file(RANDOM) }), 'is set twice'],
    ['the file is empty', () => ({ SECRET_KEY_FILE: file('\n') }), 'is empty'],
    ['the file is too large', () => ({ SECRET_KEY_FILE: file('x'.repeat(70_000)) }), '64 KiB'],
    ['there is no file', () => ({ SECRET_KEY_FILE: join(folder, 'absent') }), 'ENOENT'],
  ])('says when %s', (_case, source, words) => {
    expect(faultsOf(source())['SECRET_KEY']).toContain(words);
  });
});

describe('settingsOf', () => {
  it('describes each setting, those of the base class first', () => {
    expect(settingsOf(TestEnv)).toMatchObject([
      { name: 'PORT', type: 'number', default: '8080', required: false },
      { name: 'VERBOSE', type: 'boolean', default: 'true', required: false },
      { name: 'SECRET_KEY', type: 'text', secret: true, required: true },
      { name: 'NAMES', type: 'list', required: false },
    ]);
  });
});
