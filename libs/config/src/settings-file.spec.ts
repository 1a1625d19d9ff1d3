import { parseSettings } from './index';

describe('parseSettings', () => {
  it('reads names, values, quotes and comments', () => {
    const text = [
      '\uFEFF# a comment',
      'BARE=value # note',
      'export EXPORTED = spaced out ',
      `SINGLE='a # b $HOME \\n'`,
      `DOUBLE="line\\n\\"quoted\\"" # note`,
      'HASH=pa#ss$word',
      'EMPTY=',
      '',
    ].join('\r\n');

    expect(parseSettings(text)).toEqual({
      BARE: 'value',
      EXPORTED: 'spaced out',
      SINGLE: 'a # b $HOME \\n',
      DOUBLE: 'line\n"quoted"',
      HASH: 'pa#ss$word',
      EMPTY: '',
    });
  });

  it('names each line that it does not understand', () => {
    expect(() => parseSettings('A=1\njust words\nB="open', '.env')).toThrow(
      /\.env, line 2.*\n.*\.env, line 3/,
    );
  });
});
