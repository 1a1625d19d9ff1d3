import { type HealthFinding, type HealthIndicator } from './health-indicator';
import { HealthOptions } from './health.options';
import { HealthService } from './health.service';

const found = { current: { ok: true, detail: 'it answers' } as HealthFinding };
const indicator = (
  name: string,
  requiredFor: 'ready' | 'info',
  check: () => Promise<HealthFinding>,
): HealthIndicator => ({
  ...{ name, requiredFor, check },
});
const up = (): Promise<HealthFinding> => Promise.resolve({ ok: true, detail: 'it answers' });
const down = (): Promise<HealthFinding> => Promise.resolve({ ok: false, detail: 'it does not answer' });

const serviceOf = (...indicators: HealthIndicator[]): HealthService => {
  const modes = () => ({ database: 'embedded', queue: 'PostgreSQL', engine: 'process' }) as const;
  const service = new HealthService(new HealthOptions('all-in-one', '1.0.0', indicators, modes));
  service.onApplicationBootstrap();
  return service;
};

describe('health', () => {
  it('is healthy when everything answers', async () => {
    const service = serviceOf(indicator('database', 'ready', up), indicator('queue', 'info', up));
    expect(await service.status()).toBe('healthy');
    expect(await service.readiness()).toEqual({ ready: true, causes: [] });
  });

  it('is degraded, and ready, without what the role can do without', async () => {
    const service = serviceOf(indicator('database', 'ready', up), indicator('engine', 'info', down));
    expect(await service.status()).toBe('degraded');
    expect((await service.readiness()).ready).toBe(true);
  });

  it('is unhealthy, and not ready, without what the role needs, and names it', async () => {
    const service = serviceOf(indicator('database', 'ready', down));
    expect(await service.status()).toBe('unhealthy');
    expect(await service.readiness()).toEqual({ ready: false, causes: ['database: it does not answer'] });
  });

  it('takes an indicator that throws for one that is down', async () => {
    const service = serviceOf(indicator('queue', 'info', () => Promise.reject(new Error('ECONNREFUSED'))));
    expect((await service.report()).checks[0]).toMatchObject({ ok: false, detail: 'ECONNREFUSED' });
  });

  it('does not wait for one that never answers', async () => {
    const service = serviceOf(indicator('hung', 'ready', () => new Promise(() => undefined)));
    expect((await service.readiness()).ready).toBe(false);
  });

  it('asks once for many who ask at the same time', async () => {
    let asked = 0;
    const counted = (): Promise<HealthFinding> => {
      asked += 1;
      return up();
    };
    const service = serviceOf(indicator('database', 'ready', counted));
    await Promise.all(Array.from({ length: 50 }, () => service.status()));
    expect(asked).toBe(1);
  });

  it('wants no traffic before the start and once it ends', async () => {
    const modes = () => ({ database: 'embedded', queue: 'PostgreSQL', engine: 'process' }) as const;
    const service = new HealthService(new HealthOptions('api', '1.0.0', [], modes));
    expect((await service.readiness()).ready).toBe(false);
    service.onApplicationBootstrap();
    expect((await service.readiness()).ready).toBe(true);
    service.drain();
    expect((await service.readiness()).causes).toEqual(['shutdown: this process is ending']);
  });

  it('has started for good once it was ready', async () => {
    found.current = { ok: false, detail: 'not yet' };
    const service = serviceOf(indicator('database', 'ready', () => Promise.resolve(found.current)));
    expect((await service.startup()).ready).toBe(false);
    const later = serviceOf(indicator('database', 'ready', up));
    expect((await later.startup()).ready).toBe(true);
    later.drain();
    expect((await later.startup()).ready).toBe(true);
  });
});
