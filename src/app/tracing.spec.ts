import { newTraceparent, sampleRoots } from '@app/telemetry';
import { Settings } from './settings';
import { chooseTraces } from './tracing';

describe('which traces are kept', () => {
  const kept = (environment: NodeJS.ProcessEnv, endpoint?: string): number => {
    const collected = endpoint === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
    chooseTraces(environment, Object.assign(new Settings(), collected));
    return Array.from({ length: 1_000 }, newTraceparent).filter((made) => made.endsWith('-01')).length;
  };
  const collector = 'http://127.0.0.1:4318';
  const clock = jest.spyOn(performance, 'now').mockReturnValue(0);

  afterEach(() => {
    sampleRoots(() => true);
  });
  afterAll(() => {
    clock.mockRestore();
  });

  it('is others’ to decide without a collector of ours', () => {
    expect(kept({})).toBe(1_000);
  });

  it('is a hundred a second with one, whatever argument stands beside no name', () => {
    expect(kept({}, collector)).toBe(100);
    expect(kept({ OTEL_TRACES_SAMPLER_ARG: '0.1' }, collector)).toBe(100);
  });

  it('is what was named', () => {
    expect(kept({ OTEL_TRACES_SAMPLER: 'parentbased_always_on' }, collector)).toBe(1_000);
    expect(
      kept({ OTEL_TRACES_SAMPLER: 'parentbased_ratelimited', OTEL_TRACES_SAMPLER_ARG: '7' }, collector),
    ).toBe(7);
    expect(kept({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' })).toBe(0);
  });
});
