import { DEFAULT_LIMITS } from '../container-spec';
import { describeSandbox, NO_SANDBOX, sandboxCandidates, sandboxedCommand } from './sandbox';

const command = {
  nodeArgs: ['server.js', 'x'],
  home: '/home/of/it',
  uid: 231_005,
  limits: DEFAULT_LIMITS,
  writablePaths: ['/srv/files'],
  usesNetwork: false,
};
const [strongest] = sandboxCandidates(true);

describe('sandboxedCommand', () => {
  it('is node alone, with its heap below the limit, where nothing can be wrapped around it', () => {
    expect(sandboxedCommand(NO_SANDBOX, command)).toEqual([
      process.execPath,
      '--max-old-space-size=192',
      'server.js',
      'x',
    ]);
  });

  it('drops rights first, then limits, then closes the box', () => {
    const words = sandboxedCommand(strongest!, command);
    const order = ['setpriv', 'prlimit', 'bwrap', process.execPath].map((word) => words.indexOf(word));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(words).toEqual(
      expect.arrayContaining([
        '--pdeathsig=KILL',
        '--reuid=231005',
        '--unshare-all',
        '--nproc=128',
        '--core=0',
      ]),
    );
    expect(words).not.toContain('--share-net');
  });

  it('shows named folders as writable, and the network only to those who need it', () => {
    const words = sandboxedCommand(strongest!, { ...command, usesNetwork: true });
    expect(words.join(' ')).toContain('--bind /srv/files /srv/files');
    expect(words).toContain('--share-net');
  });
});

describe('sandboxCandidates', () => {
  it('end with nothing at all, so that one always works', () => {
    expect(sandboxCandidates(true).at(-1)).toEqual(NO_SANDBOX);
    expect(sandboxCandidates(false).at(-1)).toEqual(NO_SANDBOX);
  });

  it('change the user only as root', () => {
    expect(sandboxCandidates(false).some(({ ownUser }) => ownUser)).toBe(false);
  });
});

describe('describeSandbox', () => {
  it('says so when there is none', () => {
    expect(describeSandbox(NO_SANDBOX)).toContain('no separation');
  });
});
