import { eventually } from '@app/testing';
import { Looks, SupersededError, type Turn } from './looks';

/** A look that lasts until it is let go. */
class Slow {
  readonly seen: string[] = [];
  readonly reasons: unknown[] = [];
  atOnce = 0;
  most = 0;
  #open: (() => void)[] = [];

  readonly look = async (id: string, { interrupted }: Turn): Promise<void> => {
    this.seen.push(id);
    this.atOnce += 1;
    this.most = Math.max(this.most, this.atOnce);
    interrupted.addEventListener('abort', () => this.reasons.push(interrupted.reason));
    await new Promise<void>((resolve) => {
      this.#open.push(resolve);
      interrupted.addEventListener('abort', () => {
        resolve();
      });
    });
    this.atOnce -= 1;
  };

  letGo(): void {
    for (const open of this.#open.splice(0)) open();
  }
}

const seen = (slow: Slow, ids: readonly string[]): Promise<void> =>
  eventually(() => {
    expect(slow.seen).toEqual(ids);
  });

describe('Looks', () => {
  it('makes many asks during a look into one more look', async () => {
    const slow = new Slow();
    const looks = new Looks(slow.look);
    looks.look('a');
    await seen(slow, ['a']);
    for (let i = 0; i < 100; i += 1) looks.look('a');
    slow.letGo();
    await seen(slow, ['a', 'a']);
    slow.letGo();
    await eventually(() => {
      expect(looks.isIdle()).toBe(true);
    });
    expect(slow.most).toBe(1);
    await looks.stop();
  });

  it('looks at different instances at the same time', async () => {
    const slow = new Slow();
    const looks = new Looks(slow.look);
    looks.look('a');
    looks.look('b');
    await seen(slow, ['a', 'b']);
    expect(slow.most).toBe(2);
    await looks.stop();
  });

  it('ends slow steps when a newer generation is wanted, and not for the same one', async () => {
    const slow = new Slow();
    const looks = new Looks(slow.look);
    looks.look('a', 1);
    await seen(slow, ['a']);
    looks.look('a', 1);
    expect(slow.reasons).toEqual([]);
    looks.look('a', 2);
    await seen(slow, ['a', 'a']);
    expect(slow.reasons[0]).toBeInstanceOf(SupersededError);
    await looks.stop();
  });

  it('takes no new looks once stopped', async () => {
    const slow = new Slow();
    const looks = new Looks(slow.look);
    looks.lookIn('a', 0);
    await looks.stop();
    looks.look('a');
    expect(slow.seen).toEqual([]);
  });
});
