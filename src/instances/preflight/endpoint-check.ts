import { Injectable } from '@nestjs/common';
import { type UrlSpec } from '@app/contracts';
import { DomainError } from '@app/kernel';
import { McpAuthenticationError, probeMcp } from '@app/mcp';
import { EgressPolicy, EgressRefusedError, guardedFetch, guardedSocket } from '@app/security';
import { type PreflightCheck } from './preflight';

/** Somebody waits in front of a form; a server that needs longer is told as a warning. */
const WITHIN_MS = 10_000;

/** Shakes hands with a remote server, by the same guarded way and rules as later, and without any credential. */
@Injectable()
export class EndpointCheck {
  constructor(private readonly policy: EgressPolicy) {}

  async look({ endpoint, transport }: UrlSpec, serverName: string): Promise<PreflightCheck> {
    try {
      const met = await probeMcp({
        url: endpoint,
        fetch: guardedFetch(this.policy, { maxRedirects: 0 }),
        openSocket: guardedSocket(this.policy),
        timeoutMs: WITHIN_MS,
        serverName,
        signal: AbortSignal.timeout(WITHIN_MS),
        ...(transport === undefined ? {} : { transport }),
      });
      const tools = met.tools === 1 ? '1 tool' : `${met.tools} tools`;
      return said('ok', `It answered the handshake in ${met.latencyMs} ms, with ${tools}.`);
    } catch (error) {
      return verdictOn(error);
    }
  }
}

const said = (status: PreflightCheck['status'], detail: string, code?: string): PreflightCheck => ({
  ...{ name: 'endpoint', status, detail },
  ...(code === undefined ? {} : { code }),
});

function verdictOn(error: unknown): PreflightCheck {
  // The credentials of the request are not sent: they would go to an address that nobody has confirmed yet.
  if (error instanceof McpAuthenticationError)
    return said('ok', 'It is reachable and asks for credentials; they are tried when it starts.');
  // A policy does not change by waiting; a server that is down may be up in a minute.
  if (error instanceof EgressRefusedError) return said('failed', error.message, error.code);
  if (error instanceof DomainError) return said('warning', error.message, error.code);
  if (error instanceof DOMException)
    return said('warning', `It did not answer within ${WITHIN_MS / 1_000} s.`, 'upstream_timeout');
  throw error;
}
