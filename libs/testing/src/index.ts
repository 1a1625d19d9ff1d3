export { describeWithEngine, describeWithRedis, type TestEngine } from './describe-with';
export { eventually } from './eventually';
export { FakeClock } from './fake-clock';
export { freePort } from './free-port';
export { type OtlpAttribute, type OtlpBatch, type OtlpSpan, otlpSpansIn } from './otlp-spans';
export {
  inspectBeforeDrop,
  inspectDatabase,
  testDatabase,
  type TestDatabase,
  type TestDatabaseOptions,
} from './test-database';
export { type TestRedis, testRedis } from './test-redis';
