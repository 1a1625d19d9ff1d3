import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { parseJson } from '@app/http';
import { DomainError, type JsonObject, type JsonValue } from '@app/kernel';
import {
  checkUrlWhenSaved,
  EgressPolicy,
  EgressRefusedError,
  guardedFetch,
  OutboundFailure,
} from '@app/security';
import { type AgentContent } from '../domain/agent';
import { AgentCardRefusedError } from '../domain/agents.errors';
import { faultOfSignatures } from './card-signature';
import { readCard } from './read-card';

const CARD_PATH = '/.well-known/agent-card.json';
const MAX_CARD_BYTES = 256 * 1_024;
const TIMEOUT_MS = 10_000;
const FETCH_OPTIONS = { maxRedirects: 0, maxBodyBytes: MAX_CARD_BYTES, connectionsPerHost: 2 } as const;

export interface ImportedCard {
  readonly name?: string;
  readonly card: JsonObject;
  readonly content: Partial<AgentContent>;
}

/** Fetches the card of an agent from where its owner says it is. */
@Injectable()
export class CardImport implements OnApplicationShutdown {
  private readonly fetch;

  constructor(private readonly policy: EgressPolicy) {
    this.fetch = guardedFetch(policy, FETCH_OPTIONS);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.fetch.close();
  }

  async import(cardUrl: string): Promise<ImportedCard> {
    const fault = checkUrlWhenSaved(cardUrl, this.policy, '/card_url');
    if (fault !== undefined) throw new AgentCardRefusedError(sentence(fault.detail), { errors: [fault] });
    const url = withPath(cardUrl);
    const card = await this.read(url);
    const read = readCard(card);
    if ('fault' in read) throw new AgentCardRefusedError(read.fault);
    const unproven = await faultOfSignatures(card as JsonObject, url, (keysUrl) => this.read(keysUrl));
    if (unproven !== undefined) throw new AgentCardRefusedError(unproven);
    // Where its card is, it is: asking for it again shows whether the agent is still there.
    const endpoints = { status: url };
    const { name, content } = read;
    return {
      ...(name === undefined ? {} : { name }),
      card: card as JsonObject,
      content: { ...content, endpoints },
    };
  }

  private async read(url: string): Promise<JsonValue> {
    try {
      const answer = await this.fetch(url, {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (answer.status !== 200) {
        await answer.body?.cancel();
        throw new AgentCardRefusedError(`its address answered ${String(answer.status)}`);
      }
      return (parseJson(Buffer.from(await answer.arrayBuffer())) ?? null) as JsonValue;
    } catch (error) {
      throw asRefusal(error);
    }
  }
}

function asRefusal(error: unknown): unknown {
  if (error instanceof EgressRefusedError) return new AgentCardRefusedError(error.reason, { cause: error });
  if (error instanceof OutboundFailure) return new AgentCardRefusedError(wordsOf(error), { cause: error });
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return new AgentCardRefusedError('its address did not answer in time', { cause: error });
  if (error instanceof DomainError && !(error instanceof AgentCardRefusedError))
    return new AgentCardRefusedError('it is not JSON that could be kept', { cause: error });
  return error;
}

const wordsOf = ({ code, layer }: OutboundFailure): string =>
  code === 'BODY_TOO_LARGE'
    ? `it is larger than ${String(MAX_CARD_BYTES / 1_024)} kB`
    : `its address could not be read (${layer}: ${code})`;

/** The address of a site stands for the place where such cards are. */
function withPath(cardUrl: string): string {
  const url = new URL(cardUrl);
  return url.pathname === '/' ? new URL(CARD_PATH, url).href : cardUrl;
}

const sentence = (detail: string): string => detail.replace(/\.$/, '');
