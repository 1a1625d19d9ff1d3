import { Injectable } from '@nestjs/common';
import { type McpEra, NEWER_VERSION } from '@app/mcp';
import { SingleFlight } from '@app/resilience';
import { type CallableRoute } from '../routing/route';
import { ownHeaders, type RelayTarget } from './relay-target';
import { type WholeAnswer, wholeAnswer } from './whole-answer';

/** A verdict is asked for again after a day: a wrong "older" works in silence, and nobody would ever notice. */
const VALID_MS = 24 * 3_600_000;
/** Silence on the question is the answer of some older servers. */
const QUESTION_LIMIT_MS = 5_000;
const KNOWN_MAX = 10_000;
const OK = 200;
/** Codes that only servers of the newer era know. */
export const NEWER_CODES: ReadonlySet<number> = new Set([-32020, -32021, -32022]);
const QUESTION = JSON.stringify({
  jsonrpc: '2.0',
  id: 'quayside-era',
  method: 'server/discover',
  params: {
    _meta: {
      'io.modelcontextprotocol/protocolVersion': NEWER_VERSION,
      'io.modelcontextprotocol/clientCapabilities': {},
      'io.modelcontextprotocol/clientInfo': { name: 'quayside', version: '1.0.0' },
    },
  },
});
const QUESTION_HEADERS = [
  ...['content-type', 'application/json', 'accept', 'application/json, text/event-stream'],
  ...['mcp-protocol-version', NEWER_VERSION, 'mcp-method', 'server/discover'],
] as const;

interface Learned {
  readonly generation: number;
  readonly atMs: number;
  readonly eras: Partial<Record<McpEra, boolean>>;
}

/** Which eras a server speaks, as far as it is known: some speak both. What the probe reported counts until we know better. */
@Injectable()
export class EraVerdicts {
  private readonly known = new Map<string, Learned>();
  private readonly questions = new SingleFlight<string, boolean>();

  /** undefined: nobody has asked yet, or too long ago. A bridge speaks both, whatever its process does. */
  speaks(route: CallableRoute, era: McpEra): boolean | undefined {
    if (route.upstream.kind === 'bridge') return true;
    const learned = this.learnedOf(route)?.eras[era];
    return learned ?? (route.era === era ? true : undefined);
  }

  learn({ instanceId, generation }: CallableRoute, era: McpEra, speaks: boolean): void {
    const before = this.known.get(instanceId);
    const eras = before?.generation === generation ? before.eras : {};
    if (eras[era] === speaks) return;
    this.known.delete(instanceId);
    this.known.set(instanceId, { generation, atMs: performance.now(), eras: { ...eras, [era]: speaks } });
    const oldest = this.known.size > KNOWN_MAX ? this.known.keys().next().value : undefined;
    if (oldest !== undefined) this.known.delete(oldest);
  }

  /** Asks a server whether it speaks the newer era. Throws where no answer is a verdict; nothing is learned then. */
  askNewer(route: CallableRoute, target: RelayTarget): Promise<boolean> {
    return this.questions.run(route.instanceId, async () => {
      const verdict = verdictOf(await this.ask(target));
      if (verdict === undefined) throw new Error('the server gave no verdict');
      this.learn(route, 'newer', verdict);
      return verdict;
    });
  }

  private async ask(target: RelayTarget): Promise<WholeAnswer> {
    const address = target.addresses[target.preferred] ?? target.addresses[0];
    if (address === undefined) throw new Error('a target has an address');
    const { headers } = await ownHeaders(target);
    headers.push(...QUESTION_HEADERS);
    const request = { method: 'POST', headers, body: Buffer.from(QUESTION) } as const;
    return wholeAnswer(target.calls, address, request, QUESTION_LIMIT_MS);
  }

  private learnedOf({ instanceId, generation }: CallableRoute): Learned | undefined {
    const learned = this.known.get(instanceId);
    const isValid = learned?.generation === generation && performance.now() - learned.atMs < VALID_MS;
    return isValid ? learned : undefined;
  }
}

/** Credentials, load and faults say nothing about the era. */
function verdictOf({ status, message }: WholeAnswer): boolean | undefined {
  if ([401, 403, 429].includes(status) || status >= 500) return undefined;
  if (message?.errorCode !== undefined) return NEWER_CODES.has(message.errorCode);
  return status === OK && message?.kind === 'response';
}
