import { type IncomingHttpHeaders } from 'node:http';
import { isScanFault, scanAnswer, type ScannedMessage } from '@app/mcp';
import { type Outbound, outboundFailure, type OutboundRequest, type OutboundTarget } from '@app/security';
import { Attempt, type AttemptOwner } from './attempt';
import { EventFramer } from './event-framer';
import { type SeenEvent, messagesOf } from './event-messages';

const BODY_MAX_BYTES = 256 * 1024;

/** The answer to a request of the relay's own. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The response that it holds, out of a body or a stream. */
  readonly message: ScannedMessage | undefined;
}

/** Sends a short request of ours and waits for the one response to it; on a stream nothing else is waited for. */
export function wholeAnswer(
  outbound: Outbound,
  target: OutboundTarget,
  request: OutboundRequest,
  limitMs: number,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      attempt.drop();
      reject(Object.assign(new Error('no answer in time'), { code: 'UND_ERR_HEADERS_TIMEOUT' }));
    }, limitMs);
    const asking = new Asking({
      resolve: (answer) => {
        clearTimeout(timer);
        resolve(answer);
      },
      reject: (error) => {
        clearTimeout(timer);
        const failure = outboundFailure(error);
        reject(failure instanceof Error ? failure : new Error('the request failed'));
      },
    });
    const attempt = new Attempt(asking);
    outbound.dispatch(target, request, attempt);
  });
}

interface Settle {
  resolve(answer: WholeAnswer): void;
  reject(error: unknown): void;
}

class Asking implements AttemptOwner {
  private readonly framer = new EventFramer(BODY_MAX_BYTES);

  constructor(private readonly settle: Settle) {}

  takesPieces({ headers }: Attempt): boolean {
    return headers['content-type']?.startsWith('text/event-stream') === true;
  }

  onPiece(attempt: Attempt, piece: Buffer): void {
    try {
      const events = this.framer.push(piece);
      const seen: readonly SeenEvent[] = events.length === 0 ? [] : messagesOf(Buffer.concat(events));
      const answer = seen.find(({ message }) => message?.kind === 'response');
      if (answer === undefined) return;
      attempt.drop();
      this.answer(attempt, answer.message);
    } catch (error) {
      attempt.drop();
      this.settle.reject(error);
    }
  }

  onLong(attempt: Attempt): boolean {
    attempt.drop();
    this.settle.reject(new Error('the answer is too long'));
    return false;
  }

  onEnd(attempt: Attempt, body: Buffer): void {
    const scan = body.length === 0 ? undefined : scanAnswer(body);
    this.answer(attempt, scan === undefined || isScanFault(scan) ? undefined : scan);
  }

  onFailure(_attempt: Attempt, error: unknown): void {
    this.settle.reject(error);
  }

  private answer({ status, headers }: Attempt, message: ScannedMessage | undefined): void {
    this.settle.resolve({ status, headers, message });
  }
}
