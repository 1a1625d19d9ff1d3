import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describedIn, faultsOfScrape } from '../../metrics-lint';
import { Collector } from '../collector';
import { Installation } from '../installation';

/** Guards against hanging: on a busy machine a start takes long. */
jest.setTimeout(300_000);

const PAGE = readFileSync(join(__dirname, '../../../docs/metrics.md'), 'utf8');
/** In its tables, and in the sentences below them. */
const DOCUMENTED = [
  ...new Set([...PAGE.matchAll(/`(quayside_[a-z_]+|mcp_[a-z_]+_seconds)`/g)].map(([, name = '']) => name)),
];
/** What whoever watches an installation was promised, without the prefix. */
const PROMISED = [
  ...['build_info', 'http_requests_total', 'http_request_duration_seconds', 'instances'],
  ...['instance_transitions_total', 'instance_start_duration_seconds', 'instance_restarts_total'],
  ...['reconcile_duration_seconds', 'reconcile_drift_total', 'orphans_reaped_total', 'engine_up'],
  ...['engine_request_duration_seconds', 'mcp_requests_total', 'mcp_gateway_overhead_seconds'],
  ...['tool_calls_total', 'tool_call_duration_seconds', 'mcp_sessions', 'circuit_state'],
  ...['oauth_token_refreshes_total', 'agents', 'agent_heartbeats_missed_total', 'tasks'],
  ...['tasks_finished_total', 'task_wait_seconds', 'task_duration_seconds', 'task_leases_lost_total'],
  ...['pipeline_runs_total', 'pipeline_run_duration_seconds', 'pipeline_stage_duration_seconds'],
  ...['queue_jobs', 'queue_oldest_job_age_seconds', 'dead_letters', 'outbox_pending', 'outbox_lag_seconds'],
  ...['projection_lag_seconds', 'ws_clients', 'ws_frames_total', 'ws_dropped_total'],
  ...['webhook_deliveries_total', 'rate_limited_total', 'authz_denied_total', 'secret_resolutions_total'],
  'audit_chain_ok',
].map((name) => `quayside_${name}`);
const CONVENTION = ['mcp_client_operation_duration_seconds', 'mcp_server_operation_duration_seconds'];

describe('E12: the metrics of a whole installation', () => {
  let collector: Collector;
  let quayside: Installation;
  let scrape = '';

  beforeAll(async () => {
    collector = await Collector.start();
    quayside = await Installation.start({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
    await quayside.api.ok('POST', '/api/v1/mcp/instances', { name: 'counted', template: 'echo' });
    await quayside.reaches('counted', 'running', 120_000);
    await quayside.api.call('counted', 'echo', { message: 'counted' });
    scrape = await quayside.api.ok<string>('GET', '/metrics');
  }, 240_000);
  afterAll(async () => {
    await (quayside as Installation | undefined)?.stop();
    collector.stop();
  }, 120_000);

  const names = (): readonly string[] => describedIn(scrape).map(({ name }) => name);

  it('are all that was promised, and no others than those of the page and of the runtime', () => {
    const told = names();
    expect([...PROMISED, ...CONVENTION].filter((name) => !told.includes(name))).toEqual([]);
    expect(told.filter((name) => !/^(?:process|nodejs)_/.test(name)).sort()).toEqual([...DOCUMENTED].sort());
  });

  it('are named and described as Prometheus wants it', () => {
    expect(faultsOfScrape(scrape)).toEqual([]);
  });

  it('would be found out if they were not', () => {
    const odd = [
      '# TYPE quayside_waits_ms histogram',
      '# HELP quayside_calls Calls.',
      '# TYPE quayside_calls counter',
      'quayside_calls{le="1",Tool="x"} 1',
      'quayside_unknown 1',
    ];
    expect(faultsOfScrape(odd.join('\n'))).toEqual([
      'quayside_waits_ms has no help',
      'quayside_waits_ms is not in a base unit',
      'quayside_calls is a counter without _total',
      'quayside_calls has the label le',
      'quayside_calls has the label Tool',
      'quayside_unknown has no type',
    ]);
  });
});
