import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { parseJson } from '@app/http';
import { type JsonValue } from '@app/kernel';
import { EgressPolicy, EgressRefusedError, guardedFetch, OutboundFailure } from '@app/security';
import { readPage, type SeenPage } from './read-page';

const PAGE = 100;
const PAGE_MAX_BYTES = 8 * 1_024 * 1_024;
const PAGE_TIMEOUT_MS = 30_000;

/** In words that the page of the catalogue shows. */
export class RegistryAnswerError extends Error {}

export interface PageAsk {
  readonly url: string;
  readonly cursor: string | undefined;
  readonly since: string | undefined;
}

/** Asks another registry for one page. Its address comes from an administrator, its answer from anybody. */
@Injectable()
export class RegistryClient implements OnApplicationShutdown {
  private readonly fetch;
  private readonly ending = new AbortController();

  constructor(policy: EgressPolicy) {
    this.fetch = guardedFetch(policy, {
      maxRedirects: 2,
      maxBodyBytes: PAGE_MAX_BYTES,
      connectionsPerHost: 1,
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.ending.abort(new RegistryAnswerError('this process is ending'));
    await this.fetch.close();
  }

  async page(ask: PageAsk): Promise<SeenPage> {
    const page = readPage(await this.read(addressOf(ask)));
    if (page === undefined) throw new RegistryAnswerError('its answer is no page of an MCP registry');
    return page;
  }

  private async read(url: string): Promise<JsonValue> {
    try {
      const answer = await this.fetch(url, {
        headers: { accept: 'application/json' },
        signal: AbortSignal.any([this.ending.signal, AbortSignal.timeout(PAGE_TIMEOUT_MS)]),
      });
      if (answer.status === 200)
        return (parseJson(Buffer.from(await answer.arrayBuffer())) ?? null) as JsonValue;
      await answer.body?.cancel();
      throw new RegistryAnswerError(`it answered ${String(answer.status)}`);
    } catch (error) {
      throw new RegistryAnswerError(wordsOf(error), { cause: error });
    }
  }
}

function addressOf({ url, cursor, since }: PageAsk): string {
  const address = new URL(`${url.replace(/\/+$/, '').replace(/\/v0\.1(?:\/servers)?$/, '')}/v0.1/servers`);
  address.searchParams.set('limit', String(PAGE));
  address.searchParams.set('version', 'latest');
  if (since !== undefined) address.searchParams.set('updated_since', since);
  if (cursor !== undefined) address.searchParams.set('cursor', cursor);
  return address.href;
}

function wordsOf(error: unknown): string {
  if (error instanceof RegistryAnswerError) return error.message;
  if (error instanceof EgressRefusedError) return `its address may not be asked (${error.reason})`;
  if (error instanceof OutboundFailure)
    return error.code === 'BODY_TOO_LARGE'
      ? `a page is larger than ${String(PAGE_MAX_BYTES / 1_048_576)} MB`
      : `it could not be read (${error.layer}: ${error.code})`;
  if (error instanceof Error && /^(?:Timeout|Abort)Error$/.test(error.name))
    return 'it did not answer in time';
  return 'its answer is not JSON that could be kept';
}
