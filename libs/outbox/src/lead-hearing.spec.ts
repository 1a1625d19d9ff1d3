import { CHANNELS, type Channel } from '@app/contracts';
import { LeadHearing } from './lead-hearing';

describe('LeadHearing', () => {
  let hearers: Map<Channel, () => void>;
  let isTaken: boolean;
  let asked: number;
  let heard: number;
  let hearing: LeadHearing;
  const tell = (): void => {
    hearers.get(CHANNELS.outbox)?.();
  };

  beforeEach(async () => {
    hearers = new Map();
    [isTaken, asked, heard] = [false, 0, 0];
    hearing = new LeadHearing({
      lead: {
        take: () => {
          asked += 1;
          return Promise.resolve(!isTaken);
        },
        release: () => Promise.resolve(),
      },
      pubsub: {
        subscribe: (channel, told) => {
          hearers.set(channel, () => {
            told('');
          });
          return Promise.resolve(() => {
            hearers.delete(channel);
            return Promise.resolve();
          });
        },
      },
      hear: {
        [CHANNELS.outbox]: () => {
          heard += 1;
        },
      },
    });
    await hearing.open();
  });

  it('looks when it is told to, as long as it leads', async () => {
    tell();
    await expect(hearing.mayLook(true)).resolves.toBe(true);
    tell();
    expect(heard).toBe(2);
  });

  it('leaves what it was told of to the one who leads, and hears no more of it', async () => {
    isTaken = true;
    await expect(hearing.mayLook(true)).resolves.toBe(false);
    tell();
    expect([heard, hearing.isDeaf]).toEqual([0, true]);
  });

  it('looks by itself in any case, and hears again when it leads', async () => {
    isTaken = true;
    await hearing.mayLook(true);
    await expect(hearing.mayLook(false)).resolves.toBe(true);
    expect(hearing.isDeaf).toBe(true);
    isTaken = false;
    await expect(hearing.mayLook(false)).resolves.toBe(true);
    tell();
    expect(heard).toBe(1);
  });

  it('asks nobody for its own look while it hears', async () => {
    await expect(hearing.mayLook(false)).resolves.toBe(true);
    expect(asked).toBe(0);
  });
});
