import { laneOf, type LaneTraits } from './lane';

const TRAITS: LaneTraits = {
  workspaceId: '00000000-0000-4000-8000-000000000001',
  executor: 'agent',
  type: 'analysis',
  priority: 'medium',
  capabilities: ['ocr', 'gpu'],
  wantedAgent: null,
  concurrencyKey: null,
  userId: null,
  keyId: 'k1',
  agentId: null,
};

describe('a lane', () => {
  it('is the same for tasks that are the same to dispatch, in whatever order they name capabilities', () => {
    expect(laneOf({ ...TRAITS, capabilities: ['gpu', 'ocr', 'gpu'] })).toBe(laneOf(TRAITS));
  });

  it.each<Partial<LaneTraits>>([
    { workspaceId: '00000000-0000-4000-8000-000000000002' },
    { executor: 'gateway' },
    { type: 'output' },
    { priority: 'high' },
    { capabilities: ['ocr'] },
    { wantedAgent: 'a' },
    { concurrencyKey: 'gpu' },
    { userId: 'k1', keyId: null },
    { agentId: 'k1', keyId: null },
  ])('is another one with %j', (other) => {
    expect(laneOf({ ...TRAITS, ...other })).not.toBe(laneOf(TRAITS));
  });

  it('begins with its workspace, so that lanes of one lie side by side', () => {
    expect(laneOf(TRAITS).startsWith(`${TRAITS.workspaceId}:`)).toBe(true);
  });
});
