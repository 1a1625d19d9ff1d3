import { type JsonObject } from '@app/kernel';
import {
  childTraceparent,
  errorTypeOf,
  isTraceparent,
  MCP_ATTRIBUTE,
  mcpAttributes,
  mcpSpanName,
  requestContext,
  type SpanAttributes,
  tracer,
} from '@app/telemetry';
import { McpRequestRefusedError } from '../errors';
import { metaOf, type RpcId } from '../wire/json-rpc';
import { namedMember } from '../wire/protocol';
import { type ChannelRequest, type RpcChannel } from './channel';

/** All that we speak over is TCP: what talks over pipes has a bridge of ours in front. */
const TCP = 'tcp';

/** A request as a span of the trace that its caller named, or that is under way; the server is told of that span, not of ours. */
export async function requestInSpan(
  channel: RpcChannel,
  method: string,
  params: JsonObject,
  how: ChannelRequest,
): Promise<JsonObject> {
  const meta = metaOf(params);
  const parent = parentIn(meta);
  if (!tracer.follows(parent)) return channel.request(method, params, how);
  const traceparent = childTraceparent(parent);
  const startedAtMs = performance.now();
  let sentId: RpcId | undefined;
  const told: ChannelRequest = {
    ...how,
    headers: { ...how.headers, traceparent },
    onSent: (id) => {
      sentId = id;
    },
  };
  const operation = { method, target: targetOf(method, params) };
  const end = (error?: string, code?: number): void => {
    tracer.record({
      ...{ name: mcpSpanName(operation), kind: 'client', traceparent, parent, error },
      ...{ startedAtMs, endedAtMs: performance.now() },
      attributes: { ...mcpAttributes(operation), ...attributesOf(channel, sentId, code) },
    });
  };
  try {
    const result = await channel.request(method, { ...params, _meta: { ...meta, traceparent } }, told);
    end(result.isError === true ? 'tool_error' : undefined);
    return result;
  } catch (error) {
    end(errorTypeOf(error), error instanceof McpRequestRefusedError ? error.rpcCode : undefined);
    throw error;
  }
}

/** The trace that a request belongs to. */
export const parentIn = ({ traceparent }: JsonObject): string | undefined =>
  typeof traceparent === 'string' && isTraceparent(traceparent)
    ? traceparent
    : requestContext.get()?.traceparent;

function targetOf(method: string, params: JsonObject): string | undefined {
  const member = namedMember(method);
  const target = member === undefined ? undefined : params[member];
  return typeof target === 'string' ? target : undefined;
}

const attributesOf = (
  { handshake, serverName }: RpcChannel,
  id: RpcId | undefined,
  code: number | undefined,
): SpanAttributes => ({
  [MCP_ATTRIBUTE.protocolVersion]: handshake.protocolVersion,
  [MCP_ATTRIBUTE.requestId]: id === undefined ? undefined : String(id),
  [MCP_ATTRIBUTE.statusCode]: code === undefined ? undefined : String(code),
  [MCP_ATTRIBUTE.transport]: TCP,
  [MCP_ATTRIBUTE.server]: serverName,
});
