import { CHANNELS } from '@app/contracts';
import { type PubSub } from '@app/queues';
import { eventually } from '@app/testing';

import { onEachBackend } from './backends';
import { Line } from './line';

jest.setTimeout(120_000);

onEachBackend((fixture) => {
  let open: PubSub[];
  const connect = (url?: string): PubSub => {
    const pubSub = fixture().newPubSub(url);
    open.push(pubSub);
    return pubSub;
  };
  beforeEach(() => {
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((pubSub) => pubSub.close()));
  });

  /** Notices are sent until one arrives: nothing says when a subscription stands. */
  const publishUntilHeard = (from: PubSub, payload: string, heard: readonly string[]) =>
    eventually(async () => {
      await from.publish(CHANNELS.instances, payload);
      expect(heard).toContain(payload);
    });

  it('tells every process of the channel, and nobody else', async () => {
    const [sender, one, two] = [connect(), connect(), connect()];
    const heard: Record<'one' | 'two' | 'other', string[]> = { one: [], two: [], other: [] };
    await one.subscribe(CHANNELS.instances, (payload) => void heard.one.push(payload));
    await two.subscribe(CHANNELS.instances, (payload) => void heard.two.push(payload));
    await two.subscribe(CHANNELS.secrets, (payload) => void heard.other.push(payload));

    await publishUntilHeard(sender, 'i-1', heard.one);
    await publishUntilHeard(sender, 'i-2', heard.two);
    expect(heard.other).toEqual([]);
  });

  it('is silent to who has left', async () => {
    const pubSub = connect();
    const heard: string[] = [];
    const left: string[] = [];
    await pubSub.subscribe(CHANNELS.instances, (payload) => void heard.push(payload));
    const leave = await pubSub.subscribe(CHANNELS.instances, (payload) => void left.push(payload));
    await leave();

    await publishUntilHeard(pubSub, 'i-1', heard);
    expect(left).toEqual([]);
  });

  it('hears again after a loss, and says that there was a hole', async () => {
    const line = await Line.to(fixture().backend.url);
    const [sender, listener] = [connect(), connect(line.url)];
    const heard: string[] = [];
    let holes = 0;
    await listener.subscribe(CHANNELS.instances, (payload) => void heard.push(payload));
    await publishUntilHeard(sender, 'before', heard);
    listener.onReconnect(() => {
      holes += 1;
    });

    await line.cut();
    await eventually(() =>
      expect(listener.publish(CHANNELS.instances, 'lost')).rejects.toMatchObject({ kind: 'unavailable' }),
    );
    await line.mend();
    await publishUntilHeard(sender, 'after', heard);
    await eventually(() => {
      expect(holes).toBeGreaterThan(0);
    });
    await listener.close();
    await line.cut();
  });
});
