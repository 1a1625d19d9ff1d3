import { Injectable } from '@nestjs/common';
import {
  type Counter,
  type Family,
  type Histogram,
  KnownValues,
  MCP_CLIENT_OPERATION_DURATION,
  MCP_METHODS,
  MCP_OPERATION_BOUNDS_S,
  MCP_OPERATION_LABELS,
  MCP_PROTOCOL_VERSIONS,
  MCP_SERVER_OPERATION_DURATION,
  Metrics,
} from '@app/telemetry';
import { type CallOutcome, type CallRecord, type Face } from './call-record';
import { ToolLabels } from './tool-labels';

/** Servers with series of their own; the others are `other`, so that a scrape stays readable at any number of them. */
const INSTANCES_MAX = 200;
const OTHER = 'other';
const MS_PER_S = 1_000;
/** What we add is to be fractions of a millisecond. */
const OVERHEAD_BOUNDS_S = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 1];
const DURATION_BOUNDS_S = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** In these the tool was there: only such names may become labels, since a caller can invent any number of others. */
const PROVEN: ReadonlySet<CallOutcome> = new Set(['ok', 'tool_error']);

/** Where requests that are alike are counted. */
interface Series {
  readonly face: Face;
  readonly version: string;
  readonly outcome: CallOutcome;
  readonly requests: Counter;
  readonly served: Histogram;
  /** Made when something was asked of a server: series of nothing would say that something was. */
  overhead?: Histogram;
  asked?: Histogram;
}

/** Where calls of one tool are counted that ended alike. */
interface ToolSeries {
  readonly serverName: string | undefined;
  readonly target: string | undefined;
  readonly outcome: CallOutcome;
  readonly instance: string;
  readonly calls: Counter;
  /** Made when the server was asked for the first time. */
  durations?: Histogram;
}

/** What is counted of each MCP request. Series are found by walking maps: no labels are put together on the way. */
@Injectable()
export class CallMetrics {
  private readonly requests: Family<Counter>;
  private readonly overhead: Family<Histogram>;
  private readonly toolCalls: Family<Counter>;
  private readonly toolDurations: Family<Histogram>;
  private readonly served: Family<Histogram>;
  private readonly asked: Family<Histogram>;
  private readonly instances = new KnownValues(INSTANCES_MAX);
  private readonly tools = new ToolLabels();
  /** The series of each method that was counted last: there are few methods, and each mostly goes the same way. */
  private readonly last = new Map<string, Series>();
  /** The same of the tools of each server that has a label; those of one that goes make room. */
  private readonly lastTools = new Map<string, ToolSeries>();

  constructor(metrics: Metrics) {
    this.requests = metrics.counter('mcp_requests_total', 'MCP requests by how they ended.', {
      labels: ['face', 'method', 'outcome'],
    });
    this.overhead = metrics.histogram(
      'mcp_gateway_overhead_seconds',
      'Time that requests spent in the gateway itself, without the wait for their server.',
      { labels: ['face'], bounds: OVERHEAD_BOUNDS_S },
    );
    this.toolCalls = metrics.counter('tool_calls_total', 'Tool calls by how they ended.', {
      labels: ['instance', 'tool', 'outcome'],
    });
    this.toolDurations = metrics.histogram(
      'tool_call_duration_seconds',
      'How long servers took for tool calls.',
      {
        labels: ['instance'],
        bounds: DURATION_BOUNDS_S,
      },
    );
    const convention = { isConvention: true, labels: MCP_OPERATION_LABELS, bounds: MCP_OPERATION_BOUNDS_S };
    this.served = metrics.histogram(
      MCP_SERVER_OPERATION_DURATION,
      'MCP requests as their callers saw them.',
      convention,
    );
    this.asked = metrics.histogram(MCP_CLIENT_OPERATION_DURATION, 'MCP requests to servers.', convention);
  }

  count(record: CallRecord): void {
    const { face, outcome, durationMs, upstreamMs } = record;
    const method = MCP_METHODS.has(record.method) ? record.method : OTHER;
    const version = versionOf(record);
    const series = this.seriesOf(face, method, version, outcome);
    series.requests.add();
    series.served.observe(durationMs / MS_PER_S);
    if (upstreamMs !== undefined) {
      series.overhead ??= this.overhead.of(face);
      series.overhead.observe(Math.max(durationMs - upstreamMs, 0) / MS_PER_S);
      series.asked ??= this.asked.of(method, version, errorTypeOf(outcome));
      series.asked.observe(upstreamMs / MS_PER_S);
    }
    if (method === 'tools/call') this.countTool(record);
  }

  /** The server is gone: its series go too, and leave room for another. */
  forget(serverName: string): void {
    this.lastTools.clear();
    this.instances.forget(serverName);
    this.tools.forget(serverName);
    this.toolCalls.forget('instance', serverName);
    this.toolDurations.forget('instance', serverName);
  }

  /** The label of a server, bounded. */
  instanceLabel(serverName: string): string {
    return this.instances.of(serverName);
  }

  /** One request is mostly like the one before it: four walks over labels are spared then. */
  private seriesOf(face: Face, method: string, version: string, outcome: CallOutcome): Series {
    const last = this.last.get(method);
    if (last?.face === face && last.version === version && last.outcome === outcome) return last;
    const requests = this.requests.of(face, method, outcome);
    const served = this.served.of(method, version, errorTypeOf(outcome));
    const made: Series = { face, version, outcome, requests, served };
    this.last.set(method, made);
    return made;
  }

  private countTool(record: CallRecord): void {
    const { instanceId, serverName, target, outcome, upstreamMs } = record;
    const last = instanceId === undefined ? undefined : this.lastTools.get(instanceId);
    const isSame = last?.target === target && last?.outcome === outcome && last.serverName === serverName;
    const series = isSame ? last : this.toolSeriesOf(record);
    series.calls.add();
    if (upstreamMs === undefined) return;
    series.durations ??= this.toolDurations.of(series.instance);
    series.durations.observe(upstreamMs / MS_PER_S);
  }

  private toolSeriesOf({ instanceId, serverName, target, outcome }: CallRecord): ToolSeries {
    // Without an id nobody found such a server: its name is the caller's.
    const isFound = instanceId !== undefined && serverName !== undefined;
    const instance = isFound ? this.instances.of(serverName) : OTHER;
    const tool = instance === OTHER ? OTHER : this.tools.of(instance, target, PROVEN.has(outcome));
    const calls = this.toolCalls.of(instance, tool, outcome);
    const made: ToolSeries = { serverName, target, outcome, instance, calls };
    // A name that did not prove to be a tool may do so with the next call.
    if (instanceId !== undefined && tool !== OTHER) this.lastTools.set(instanceId, made);
    return made;
  }
}

const versionOf = ({ protocolVersion }: CallRecord): string => {
  if (protocolVersion === undefined) return '';
  return MCP_PROTOCOL_VERSIONS.has(protocolVersion) ? protocolVersion : OTHER;
};

const errorTypeOf = (outcome: CallOutcome): string => (outcome === 'ok' ? '' : outcome);
