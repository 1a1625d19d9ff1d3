import { IsOptional, IsString, MinLength } from 'class-validator';
import { environmentExample, parseSettings, Setting } from './index';

class ExampleEnv {
  @Setting({ section: 'First', describe: 'A level.' })
  @IsString()
  readonly LEVEL: string = 'info';

  @Setting({ section: 'Second', describe: `${'Long words make lines. '.repeat(8)}End.`, example: 'x' })
  @IsOptional()
  @IsString()
  readonly LONG?: string;

  @Setting({ section: 'First', describe: 'The key.', secret: true })
  @MinLength(32)
  readonly KEY!: string;
}

describe('environmentExample', () => {
  const text = environmentExample(ExampleEnv);

  it('groups by section and shows defaults as comments', () => {
    expect(text).toContain(
      '# ── First ──\n\n# A level.\n#LEVEL=info\n\n# The key. Required. A secret.\nKEY=\n\n# ── Second ──',
    );
  });

  it('keeps its lines short', () => {
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('is itself a settings file, in which only the required ones are open', () => {
    expect(parseSettings(text)).toEqual({ KEY: '' });
  });
});
