import { type JsonObject } from '@app/kernel';
import { capabilitiesOf, instructionsOf, type Introduced } from './description';

const member = (serverName: string, capabilities: JsonObject, instructions?: string): Introduced => ({
  serverName,
  self: { era: 'older', capabilities, instructions, serverInfo: { name: `The ${serverName}`, version: '1' } },
});

describe('the description of several servers', () => {
  it.each([
    [
      'nothing but tools, when they offer nothing else',
      [member('a', {})],
      true,
      { tools: { listChanged: true } },
    ],
    [
      'what any of them offers',
      [member('a', { logging: {}, resources: {} }), member('b', { prompts: {}, completions: {} })],
      true,
      {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { listChanged: true },
        completions: {},
        logging: {},
      },
    ],
    [
      'what those may offer that are silent now',
      [member('a', {})],
      false,
      {
        tools: { listChanged: true },
        prompts: { listChanged: true },
        resources: { listChanged: true, subscribe: true },
      },
    ],
    [
      'subscriptions, when one of them has them',
      [member('a', { resources: { subscribe: true } }), member('b', { resources: {} })],
      true,
      { tools: { listChanged: true }, resources: { listChanged: true, subscribe: true } },
    ],
  ] as const)('offers %s', (_what, members, isComplete, capabilities) => {
    expect(capabilitiesOf(members, isComplete)).toEqual(capabilities);
  });

  it('has a line for each, and a sentence for who is missing', () => {
    const degraded = [{ serverName: 'c', reason: 'gone', since: null, nextAttemptAt: null }];
    const members = [member('a', {}, 'Ask nicely.'), member('b', {})];
    const words = instructionsOf({ description: 'For reading.', isPrefixed: true, members, degraded });
    expect(words?.split('\n\n')).toEqual([
      'For reading.',
      'Each name begins with the name of its server and two underscores.',
      '- a The a 1\nAsk nicely.',
      '- b The b 1',
      'Degraded: c cannot be used completely now; what is missing comes back by itself.',
    ]);
  });

  it('is not longer than anybody reads', () => {
    const members = Array.from({ length: 50 }, (_, index) => member(`s${index}`, {}, 'x'.repeat(10_000)));
    const words = instructionsOf({ description: '', isPrefixed: false, members, degraded: [] });
    expect(words?.length).toBeLessThanOrEqual(32_000);
  });
});
