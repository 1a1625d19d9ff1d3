import { McpUnreachableError } from '@app/mcp';
import { Scrubber } from '@app/telemetry';
import { showable, showableLine } from './showable';

const SECRET = 'long-secret-value';

describe('showableLine', () => {
  it('leaves no half of a character, whether a server sent it or a cut made it', () => {
    expect(showableLine('half \ud83d and')).toBe('half \uFFFD and');
    expect(showableLine('ab😀', 3)).toBe('ab\uFFFD');
  });

  it('takes away what would change a terminal', () => {
    expect(showableLine('\u001b[31mred\u001b[0m\u0007')).toBe('red');
  });
});

describe('showable', () => {
  it('never shows a part of a secret that the cut went through', () => {
    const scrubber = new Scrubber();
    scrubber.learn(SECRET);
    const error = new McpUnreachableError(`${'x'.repeat(490)} ${SECRET}`, 'http', { serverName: 'a' });

    expect(showable(error, scrubber)).not.toContain('long-');
  });

  it('keeps what is no error of ours for the log', () => {
    expect(showable(new Error('/etc/secret/path'), new Scrubber())).not.toContain('/etc');
  });
});
