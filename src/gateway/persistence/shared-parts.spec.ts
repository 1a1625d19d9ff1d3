import { type StoredCall } from '../records/call-store';
import { SHARED, SharedParts } from './shared-parts';

const CALL = {
  ...{
    id: 'i',
    at: new Date(0),
    actor: 'key:a',
    keyId: 'k',
    address: '127.0.0.1',
    requestId: 'r',
    traceId: 't',
  },
  workspaceId: 'w',
  record: {
    ...{
      face: 'server',
      method: 'tools/call',
      target: 'echo',
      instanceId: 'n',
      serverName: 's',
      endpointName: 'e',
    },
    ...{ outcome: 'ok', code: 1, protocolVersion: '2025-11-25', durationMs: 1, upstreamMs: 1 },
  },
} satisfies StoredCall;

/** The same call, but for what this column holds. */
function otherIn(column: number): StoredCall {
  const [, , of] = SHARED[column] ?? [];
  const value = of?.(CALL);
  const change = (part: object): object =>
    Object.fromEntries(
      Object.entries(part).map(([name, own]) => [name, own === value ? `not ${String(own)}` : own]),
    );
  return { ...(change(CALL) as StoredCall), record: change(CALL.record) as StoredCall['record'] };
}

describe('what calls share', () => {
  it.each(SHARED.map(([name], column) => [name, column] as const))(
    'is another for another %s',
    (_, column) => {
      const parts = new SharedParts();
      expect([parts.placeOf(CALL), parts.placeOf(otherIn(column)), parts.placeOf({ ...CALL })]).toEqual([
        0, 1, 0,
      ]);
    },
  );

  it('is kept once, whatever each call has for itself', () => {
    const parts = new SharedParts();
    const later = {
      ...CALL,
      id: 'j',
      at: new Date(1),
      requestId: 'q',
      record: { ...CALL.record, durationMs: 2 },
    };
    expect([parts.placeOf(CALL), parts.placeOf(later)]).toEqual([0, 0]);
    expect(parts.all).toEqual([SHARED.map(([, , of]) => of(CALL))]);
  });
});
