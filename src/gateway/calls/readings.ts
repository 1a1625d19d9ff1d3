import { Injectable } from '@nestjs/common';
import { type JsonValue } from '@app/kernel';
import { type McpPrompt, type McpPromptResult, McpRequestRefusedError } from '@app/mcp';
import {
  PromptArgumentsInvalidError,
  PromptUnknownError,
  ResourceUnknownError,
} from '../domain/gateway.errors';
import { principalOfRequest } from '@app/telemetry';
import { type Use } from '../access/gateway-access';
import { type Upstream } from '../upstream/upstream';
import { UpstreamCalls } from './upstream-calls';

/** How the two eras of the protocol say that a resource does not exist. */
const NO_SUCH_RESOURCE: ReadonlySet<number> = new Set([-32_002, -32_602]);

/** What only reads: resources and prompts, refused in our own words where we can tell why. */
@Injectable()
export class Readings {
  constructor(private readonly calls: UpstreamCalls) {}

  async resource(serverName: string, uri: string, signal: AbortSignal): Promise<readonly JsonValue[]> {
    try {
      const { contents } = await this.calls.session(
        useOf('resources:read'),
        serverName,
        (session, options) => session.readResource(uri, options),
        signal,
      );
      return contents;
    } catch (error) {
      if (error instanceof McpRequestRefusedError && NO_SUCH_RESOURCE.has(error.rpcCode))
        throw new ResourceUnknownError(serverName, uri);
      throw error;
    }
  }

  async prompt(
    serverName: string,
    name: string,
    args: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<McpPromptResult> {
    const use = useOf('prompts:read');
    await assertPrompt(await this.calls.upstream(use, serverName), name, args);
    return this.calls.session(
      use,
      serverName,
      (session, options) => session.getPrompt(name, args, options),
      signal,
    );
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
