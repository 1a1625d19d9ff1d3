import { randomUUID } from 'node:crypto';
import { type Fault, FAULTS, HEARD_OUT, isSilence } from './fault-kinds';
import { FaultStage } from './fault-stage';

const ALL = Object.keys(FAULTS) as Fault[];
const CALL = '/api/v1/mcp/tools/call';
const CODES = /^(call_outcome_unknown|call_timed_out|upstream_protocol_error|upstream_refused)$/;

describe('a server that misbehaves, over REST', () => {
  const stage = new FaultStage();
  beforeAll(() => stage.start(), 180_000);
  afterAll(() => stage.stop());

  const suffer = async (how: Fault, name: string): Promise<void> => {
    const key = randomUUID();
    const args = { how, key, message: 'drop by drop' };
    const body = { server_name: name, tool_name: 'act', arguments: args };
    const answer = await stage.world.request('POST', CALL, body);
    if (HEARD_OUT.includes(how)) {
      expect([how, answer.status]).toEqual([how, 200]);
      expect(JSON.stringify(answer.body['content'])).toContain('drop by drop');
    } else {
      expect([502, 504]).toContain(answer.status);
      expect([how, answer.body['code']]).toEqual([how, expect.stringMatching(CODES)]);
    }
    expect([how, stage.servers.executed(key)]).toEqual([how, 1]);
  };

  it.each(['older', 'newer'] as const)('costs one call for each kind of it, in the %s era', async (era) => {
    const named = ALL.map((how, at) => [how, `rest-${era}-${at}`] as const);
    for (const [how, name] of named) await stage.server(name, era, { isPatient: !isSilence(how) });
    await Promise.all(named.map(([how, name]) => suffer(how, name)));
    const good = { server_name: `good-${era}`, tool_name: 'echo', arguments: { message: 'unharmed' } };
    expect((await stage.world.request('POST', CALL, good)).status).toBe(200);
  });
});
