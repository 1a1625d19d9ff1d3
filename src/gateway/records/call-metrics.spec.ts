import { Metrics } from '@app/telemetry';
import { CallMetrics } from './call-metrics';
import { type CallRecord } from './call-record';

const called: CallRecord = {
  face: 'server',
  method: 'tools/call',
  target: 'echo',
  instanceId: '7d3b7b2e-5a0d-4c1c-9a2f-0d9f6a1b2c3d',
  serverName: 'everything',
  outcome: 'ok',
  protocolVersion: '2025-11-25',
  durationMs: 12,
  upstreamMs: 10,
};

describe('the metrics of calls', () => {
  let metrics: Metrics;
  let calls: CallMetrics;
  const lines = async (begin: string): Promise<string[]> =>
    (await metrics.scrape()).split('\n').filter((line) => line.startsWith(begin));

  beforeEach(() => {
    metrics = new Metrics();
    calls = new CallMetrics(metrics);
  });

  it('count a call once in each, under what the convention calls it', async () => {
    calls.count(called);
    expect(await lines('quayside_mcp_requests_total')).toEqual([
      'quayside_mcp_requests_total{face="server",method="tools/call",outcome="ok"} 1',
    ]);
    expect(await lines('quayside_tool_calls_total')).toEqual([
      'quayside_tool_calls_total{instance="everything",tool="echo",outcome="ok"} 1',
    ]);
    const pairs = 'mcp_method_name="tools/call",mcp_protocol_version="2025-11-25",error_type=""';
    expect(await lines('mcp_server_operation_duration_seconds_sum')).toEqual([
      `mcp_server_operation_duration_seconds_sum{${pairs}} 0.012`,
    ]);
    expect(await lines('mcp_client_operation_duration_seconds_sum')).toEqual([
      `mcp_client_operation_duration_seconds_sum{${pairs}} 0.01`,
    ]);
    expect(await lines('quayside_mcp_gateway_overhead_seconds_sum{face="server"} 0.002')).toHaveLength(1);
  });

  it('measure no server that was not asked', async () => {
    const { upstreamMs, ...denied } = called;
    calls.count({ ...denied, outcome: 'denied' });
    expect(upstreamMs).toBe(10);
    expect(await lines('mcp_client_operation')).toEqual([]);
    expect(await lines('quayside_tool_call_duration_seconds_count')).toEqual([]);
    expect(await lines('mcp_server_operation_duration_seconds_count')).toEqual([
      expect.stringContaining('error_type="denied"'),
    ]);
  });

  it('make no label of what a caller invents', async () => {
    calls.count({ ...called, method: 'tools/cal', protocolVersion: '9999' });
    const { instanceId, ...unknown } = called;
    calls.count({ ...unknown, serverName: 'no-such-server', outcome: 'refused' });
    calls.count({ ...called, target: 'no-such-tool', outcome: 'refused' });
    expect(instanceId).toBeDefined();
    const text = await metrics.scrape();
    for (const invented of ['tools/cal"', '"9999"', 'no-such']) expect(text).not.toContain(invented);
    expect(text).toContain('{instance="everything",tool="other",outcome="refused"} 1');
  });

  it('have series for 200 servers and 200 tools; the rest share one', async () => {
    for (let server = 0; server < 500; server += 1)
      calls.count({ ...called, serverName: `server-${server}`, target: `tool-${server}` });
    expect(await lines('quayside_tool_calls_total')).toHaveLength(201);
    expect((await metrics.scrape()).length).toBeLessThan(1_000_000);
  });

  it('leave the labels of a server that is gone to others', async () => {
    for (let server = 0; server < 200; server += 1)
      calls.count({ ...called, serverName: `server-${server}`, target: `tool-${server}` });
    calls.forget('server-7');
    calls.count({ ...called, serverName: 'latecomer', target: 'new' });
    const found = await lines('quayside_tool_calls_total');
    expect(found).toContain('quayside_tool_calls_total{instance="latecomer",tool="new",outcome="ok"} 1');
    expect(found.filter((line) => line.includes('"server-7"'))).toEqual([]);
  });
});
