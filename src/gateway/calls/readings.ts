import { Injectable } from '@nestjs/common';
import { type JsonValue } from '@app/kernel';
import {
  type CallOptions,
  type McpPrompt,
  type McpPromptResult,
  McpRequestRefusedError,
  type McpSession,
} from '@app/mcp';
import { newTraceparent, principalOfRequest, requestContext } from '@app/telemetry';
import {
  PromptArgumentsInvalidError,
  PromptUnknownError,
  ResourceUnknownError,
} from '../domain/gateway.errors';
import { type Use } from '../access/gateway-access';
import { CallLedger } from '../records/call-record';
import { CallWatch } from '../records/call-watch';
import { type Upstream } from '../upstream/upstream';
import { UpstreamCalls } from './upstream-calls';

/** How the two eras of the protocol say that a resource does not exist. */
const NO_SUCH_RESOURCE: ReadonlySet<number> = new Set([-32_002, -32_602]);

/** What only reads: resources and prompts, refused in our own words where we can tell why. */
@Injectable()
export class Readings {
  constructor(
    private readonly calls: UpstreamCalls,
    private readonly ledger: CallLedger,
  ) {}

  resource(serverName: string, uri: string, signal: AbortSignal): Promise<readonly JsonValue[]> {
    return this.recorded(new CallWatch('resources/read', uri), signal, async (watch) => {
      try {
        const read = this.reading('resources:read', serverName, watch, signal);
        const { contents } = await read((session, options) => session.readResource(uri, options));
        return contents;
      } catch (error) {
        if (error instanceof McpRequestRefusedError && NO_SUCH_RESOURCE.has(error.rpcCode))
          throw new ResourceUnknownError(serverName, uri);
        throw error;
      }
    });
  }

  prompt(
    serverName: string,
    name: string,
    args: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<McpPromptResult> {
    return this.recorded(new CallWatch('prompts/get', name), signal, async (watch) => {
      const upstream = await this.calls.upstream(useOf('prompts:read'), serverName);
      watch.found(upstream.route);
      await assertPrompt(upstream, name, args);
      const read = this.reading('prompts:read', serverName, watch, signal);
      return read((session, options) => session.getPrompt(name, args, options));
    });
  }

  /** On a live session, as part of the trace that the caller began. */
  private reading(permission: string, serverName: string, watch: CallWatch, signal: AbortSignal) {
    const meta = { traceparent: requestContext.get()?.traceparent ?? newTraceparent() };
    return <T>(work: (session: McpSession, options: CallOptions) => Promise<T>): Promise<T> =>
      this.calls.session(
        useOf(permission),
        serverName,
        (session, options) => watch.upstream(work(session, { ...options, meta })),
        signal,
        (route) => {
          watch.found(route);
        },
      );
  }

  /** Whatever comes of it: what was read, and what nobody was allowed to read, is somebody's to account for. */
  private async recorded<T>(
    watch: CallWatch,
    signal: AbortSignal,
    work: (watch: CallWatch) => Promise<T>,
  ): Promise<T> {
    try {
      const answer = await work(watch);
      this.ledger.record(watch.record('ok'));
      return answer;
    } catch (error) {
      this.ledger.record(watch.failure(error, signal));
      throw error;
    }
  }
}

const useOf = (permission: string): Use => ({ principal: principalOfRequest(), permission });

async function assertPrompt(
  upstream: Upstream,
  name: string,
  args: Readonly<Record<string, string>>,
): Promise<void> {
  const prompt = await upstream.prompts.find((one) => one.name === name);
  if (prompt === undefined) throw new PromptUnknownError(upstream.route.name, name);
  const missing = requiredOf(prompt).filter((argument) => args[argument] === undefined);
  if (missing.length > 0) throw new PromptArgumentsInvalidError(upstream.route.name, name, missing);
}

/** What a server says of its prompts is its own; only what has the right shape counts. */
const requiredOf = ({ arguments: declared }: McpPrompt): readonly string[] =>
  (Array.isArray(declared) ? (declared as readonly JsonValue[]) : []).flatMap((one) => {
    if (typeof one !== 'object' || one === null || Array.isArray(one)) return [];
    const { name, required } = one as Readonly<Record<string, JsonValue | undefined>>;
    return required === true && typeof name === 'string' ? [name] : [];
  });
