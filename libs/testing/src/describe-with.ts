import { hasRedis, type TestRedis, testRedis, type TestRedisOptions } from './test-redis';

export interface TestEngine {
  readonly socketPath: string;
  /** As in DOCKER_HOST. */
  readonly host: `unix://${string}`;
}

const isCi = (): boolean => process.env['CI'] === 'true';

function describeSkipped(name: string, reason: string): void {
  describe.skip(`${name} (skipped: ${reason})`, () => {
    it('needs what is not there', () => undefined);
  });
}

/** Not silently: a skipped block says what is missing, and on CI a test that did not run did not pass. */
function describeMissing(name: string, reason: string): void {
  if (!isCi()) {
    describeSkipped(name, reason);
    return;
  }
  describe(name, () => {
    it('has what it needs', () => {
      throw new Error(reason);
    });
  });
}

/** The block gets a Redis of its own; call the function inside the tests, the server starts before the first one. */
export function describeWithRedis(
  name: string,
  block: (redis: () => TestRedis) => void,
  options?: TestRedisOptions,
): void {
  if (process.env['QUAYSIDE_TEST_REDIS'] === 'off') {
    // Asked for by the run, so not a gap, on CI either.
    describeSkipped(name, 'QUAYSIDE_TEST_REDIS=off');
    return;
  }
  if (!hasRedis()) {
    describeMissing(name, 'redis-server is not on PATH');
    return;
  }
  describe(name, () => {
    let redis: TestRedis | undefined;
    beforeAll(async () => {
      redis = await testRedis(options);
    });
    afterAll(() => redis?.stop());
    block(() => {
      if (redis === undefined)
        throw new Error('Redis runs inside the tests only, not while they are being declared.');
      return redis;
    });
  });
}

/** The block gets the private container engine that the test run started. */
export function describeWithEngine(name: string, block: (engine: TestEngine) => void): void {
  const socketPath = process.env['QUAYSIDE_TEST_ENGINE_SOCKET'];
  if (socketPath === undefined || socketPath === '') {
    describeMissing(
      name,
      'QUAYSIDE_TEST_ENGINE_SOCKET names no container engine; `npm test` starts one where it can',
    );
    return;
  }
  describe(name, () => {
    block({ socketPath, host: `unix://${socketPath}` });
  });
}
