import { CHANNELS } from '@app/contracts';
import { ActivityNotice } from './activity-notice';

describe('ActivityNotice', () => {
  let told: string[];
  let notice: ActivityNotice;

  beforeEach(() => {
    jest.useFakeTimers();
    told = [];
    const publish = (channel: string): Promise<void> => {
      told.push(channel);
      return Promise.resolve();
    };
    notice = new ActivityNotice({ publish }, () => undefined);
  });
  afterEach(() => {
    notice.end();
    jest.useRealTimers();
  });

  it('tells of the first at once, and once a second of what follows', () => {
    for (let at = 0; at < 50; at += 1) notice.tell();
    expect(told).toEqual([CHANNELS.activity]);
    jest.advanceTimersByTime(1_000);
    expect(told).toHaveLength(2);
  });

  it('is silent when nothing followed, and quick again afterwards', () => {
    notice.tell();
    jest.advanceTimersByTime(5_000);
    expect(told).toHaveLength(1);
    notice.tell();
    expect(told).toHaveLength(2);
  });

  it('does not keep the last back when it ends', () => {
    notice.tell();
    notice.tell();
    notice.end();
    expect(told).toHaveLength(2);
  });
});
