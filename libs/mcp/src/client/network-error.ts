import { DomainError, type UpstreamLayer } from '@app/kernel';
import { type McpErrorOptions, McpTimeoutError, McpUnreachableError } from '../errors';

interface Fault {
  readonly layer: UpstreamLayer;
  readonly words: string;
  /** True when the connection was never there: the request cannot have begun. */
  readonly neverConnected: boolean;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  ENOTFOUND: { layer: 'dns', words: 'its name is unknown', neverConnected: true },
  EAI_AGAIN: { layer: 'dns', words: 'the name service does not answer', neverConnected: true },
  ECONNREFUSED: { layer: 'tcp', words: 'the connection was refused', neverConnected: true },
  EHOSTUNREACH: { layer: 'tcp', words: 'there is no route to it', neverConnected: true },
  ENETUNREACH: { layer: 'tcp', words: 'its network cannot be reached', neverConnected: true },
  EADDRNOTAVAIL: { layer: 'tcp', words: 'no local address could be used', neverConnected: true },
  ECONNRESET: { layer: 'tcp', words: 'the connection was reset', neverConnected: false },
  EPIPE: { layer: 'tcp', words: 'the connection broke', neverConnected: false },
  ETIMEDOUT: { layer: 'tcp', words: 'the connection timed out', neverConnected: false },
  UND_ERR_CONNECT_TIMEOUT: { layer: 'tcp', words: 'no connection came about in time', neverConnected: true },
  UND_ERR_SOCKET: { layer: 'tcp', words: 'the connection was closed', neverConnected: false },
  UND_ERR_HEADERS_TIMEOUT: {
    layer: 'timeout',
    words: 'its answer did not begin in time',
    neverConnected: false,
  },
  UND_ERR_BODY_TIMEOUT: { layer: 'timeout', words: 'its answer stopped half-way', neverConnected: false },
  UND_ERR_HEADERS_OVERFLOW: {
    layer: 'http',
    words: 'the head of its answer is too long',
    neverConnected: false,
  },
};
const UNKNOWN: Fault = { layer: 'tcp', words: 'the connection failed', neverConnected: false };
const MAX_CAUSES = 5;

/** The error of a `fetch`, in our words. Errors that speak for themselves (refused by policy, ours) stay as they are. */
export function networkError(error: unknown, options: McpErrorOptions): Error {
  const known = causes(error).find((cause) => cause instanceof DomainError);
  if (known !== undefined) return known;
  const fault = faultOf(error);
  const details = { ...options, cause: error, started: !fault.neverConnected && (options.started ?? true) };
  const message = `"${options.serverName}" cannot be reached: ${fault.words}.`;
  return fault.layer === 'timeout'
    ? new McpTimeoutError(message, fault.layer, details)
    : new McpUnreachableError(message, fault.layer, details);
}

function faultOf(error: unknown): Fault {
  for (const cause of causes(error)) {
    const code = (cause as { code?: unknown }).code;
    if (typeof code !== 'string') continue;
    const fault = FAULTS[code];
    if (fault !== undefined) return fault;
    if (/^ERR_(TLS|SSL)|CERT|SELF_SIGNED|UNABLE_TO_/.test(code))
      return { layer: 'tls', words: 'its certificate or TLS set-up is not acceptable', neverConnected: true };
    if (code.startsWith('HPE_'))
      return { layer: 'http', words: 'it does not speak HTTP', neverConnected: false };
  }
  return UNKNOWN;
}

/**
 * `fetch` wraps: the telling error is a cause, or the first of several when more than one address was tried. Judged by
 * shape, because the errors of a runtime's own fetch need not be instances of our Error.
 */
function causes(error: unknown): object[] {
  const found: object[] = [];
  let next = error;
  while (typeof next === 'object' && next !== null && found.length < MAX_CAUSES) {
    found.push(next);
    const { errors, cause } = next as { errors?: unknown; cause?: unknown };
    next = Array.isArray(errors) && errors.length > 0 ? (errors as unknown[])[0] : cause;
  }
  return found;
}
