import { ContainerPlaces } from './container-places';
import { ContainerLimitReachedError } from './errors';

const NEVER = new AbortController().signal;

/** An engine whose creates take until they are let go. */
class Yard {
  existing = 0;
  counts = 0;
  nowMs = 0;
  readonly underWay: (() => void)[] = [];
  readonly places: ContainerPlaces;

  constructor(limit: number) {
    const count = (): Promise<number> => {
      this.counts += 1;
      return Promise.resolve(this.existing);
    };
    this.places = new ContainerPlaces(limit, 'process', count, () => this.nowMs);
  }

  fill(): Promise<void> {
    return this.places.fill(
      () =>
        new Promise((resolve) => {
          this.underWay.push(() => {
            this.existing += 1;
            resolve();
          });
        }),
      NEVER,
    );
  }

  async fillNow(): Promise<void> {
    const filled = this.fill();
    // Settled meanwhile when the place was refused.
    filled.catch(() => undefined);
    await turn();
    this.underWay.shift()?.();
    await filled;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('places for containers', () => {
  it('lets containers be made side by side', async () => {
    const yard = new Yard(10);
    const all = [yard.fill(), yard.fill(), yard.fill()];
    await turn();
    expect(yard.underWay).toHaveLength(3);
    expect(yard.counts).toBe(1);
    for (const end of yard.underWay) end();
    await Promise.all(all);
  });

  it('never makes more than the limit, however many want one at once', async () => {
    const yard = new Yard(2);
    const all = Promise.allSettled([yard.fill(), yard.fill(), yard.fill()]);
    await turn();
    expect(yard.underWay).toHaveLength(2);
    for (const end of yard.underWay) end();
    const refused = (await all).filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ reason: expect.any(ContainerLimitReachedError) as unknown });
    expect(yard.existing).toBe(2);
  });

  it('has a place again when one went', async () => {
    const yard = new Yard(1);
    await yard.fillNow();
    await expect(yard.fillNow()).rejects.toThrow('The limit of 1 processes is reached.');
    yard.existing = 0;
    await yard.fillNow();
    expect(yard.existing).toBe(1);
  });

  it('counts anew after a while, because another process may have made some', async () => {
    const yard = new Yard(10);
    await yard.fillNow();
    yard.existing = 10;
    yard.nowMs = 10_001;
    await expect(yard.fillNow()).rejects.toThrow(ContainerLimitReachedError);
  });
});
