import { followLogLevel } from './follow-log-level';

describe('the log level', () => {
  it('follows the stored setting, and comes back to what was configured', () => {
    const set: string[] = [];
    let wanted = false;
    let changed = (): void => undefined;
    const settings = {
      get: (() => wanted) as never,
      onChange: (listener: () => void) => {
        changed = listener;
      },
    };
    followLogLevel(settings, { setLevel: (level) => void set.push(level), info: () => undefined }, 'warn');
    changed();
    expect(set).toEqual([]);
    wanted = true;
    changed();
    changed();
    expect(set).toEqual(['debug']);
    wanted = false;
    changed();
    expect(set).toEqual(['debug', 'warn']);
  });
});
