import { type InstanceSpec } from '@app/contracts';
import { type Circumstances, describeEnding, type Ending, isExcused, streamsHint } from './crash';

const ending = (over: Partial<Ending> = {}): Ending => ({
  exitCode: 1,
  signal: null,
  oomKilled: false,
  error: null,
  memoryLimit: '256m',
  ...over,
});
const around = (over: Partial<Circumstances> = {}): Circumstances => ({
  engineWasAway: false,
  lastExcusedAtMs: null,
  nowMs: 1_000_000,
  ...over,
});

describe('isExcused', () => {
  it.each<[string, Ending, Circumstances, boolean]>([
    ['an error', ending(), around(), false],
    ['an error while the engine was away', ending(), around({ engineWasAway: true }), false],
    ['SIGTERM from outside', ending({ exitCode: 143 }), around(), true],
    ['SIGTERM by name', ending({ exitCode: null, signal: 'SIGTERM' }), around(), true],
    ['SIGKILL by nobody known', ending({ exitCode: 137 }), around(), false],
    ['SIGKILL by an engine that stopped', ending({ exitCode: 137 }), around({ engineWasAway: true }), true],
    ['a power cut', ending({ exitCode: 255 }), around({ engineWasAway: true }), true],
    ['memory', ending({ exitCode: 137, oomKilled: true }), around({ engineWasAway: true }), false],
    ['a start that failed', ending({ exitCode: 143, error: 'no such file' }), around(), false],
    [
      'a second SIGTERM shortly after',
      ending({ exitCode: 143 }),
      around({ lastExcusedAtMs: 990_000 }),
      false,
    ],
    ['a second SIGTERM much later', ending({ exitCode: 143 }), around({ lastExcusedAtMs: 900_000 }), true],
  ])('judges %s', (_, how, circumstances, expected) => {
    expect(isExcused(how, circumstances)).toBe(expected);
  });
});

describe('describeEnding', () => {
  it.each<[Ending, string]>([
    [ending(), 'The container ended by itself with exit code 1. Its last line was: API_KEY is missing'],
    [
      ending({ oomKilled: true, exitCode: 137 }),
      'The container was killed because it needed more memory than its limit of 256m. Its last line was: API_KEY is missing',
    ],
    [
      ending({ error: 'no such file' }),
      'The container could not be started: no such file. Its last line was: API_KEY is missing',
    ],
    [
      ending({ exitCode: null, signal: 'SIGSEGV' }),
      'The container was ended by SIGSEGV. Its last line was: API_KEY is missing',
    ],
    [
      ending({ exitCode: 137, signal: 'SIGKILL' }),
      'The container was ended by SIGKILL (exit code 137). Its last line was: API_KEY is missing',
    ],
  ])('says %o in words', (how, sentence) => {
    expect(describeEnding(how, 'API_KEY is missing', 'container')).toBe(sentence);
  });

  it('calls a process a process', () => {
    expect(describeEnding(ending(), undefined, 'process')).toBe(
      'The process ended by itself with exit code 1.',
    );
  });
});

describe('streamsHint', () => {
  const image: InstanceSpec = { type: 'docker', image: 'mcp/filesystem:latest' };
  it.each<[string, number, InstanceSpec, boolean, boolean]>([
    ['a peaceful end without a word', 0, image, false, true],
    ['a crash', 1, image, false, false],
    ['the end of what has served before', 0, image, true, false],
    ['a transport that was said', 0, { ...image, transport: 'streamable-http' }, false, false],
    ['a bundled server', 0, { type: 'stdio', command: 'echo' }, false, false],
  ])('judges %s', (_, exitCode, spec, hasServed, isGiven) => {
    expect(streamsHint(ending({ exitCode }), spec, hasServed) !== '').toBe(isGiven);
  });
});
