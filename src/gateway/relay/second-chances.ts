import { type ScannedMessage } from '@app/mcp';
import { SessionUnknownError } from '../faces/faces.errors';
import { type Attempt } from './attempt';
import { speaksOtherOnly } from './other-era';
import { type Asked, codeOf, refusalOf } from './relay-failure';
import { type RelayRequest, type RelayTools } from './relay-request';
import { type OwnHeaders, renewedHeaders, replicaOf } from './relay-target';

/** What follows a refusal that proves that nothing began. */
export type Next =
  | { readonly kind: 'again'; readonly own: OwnHeaders | undefined }
  /** The server speaks the other era only: the front can speak to it. */
  | { readonly kind: 'elsewhere' }
  /** The refusal is the server's answer after all. */
  | { readonly kind: 'conclude' };

/** Of what a message was sent with. */
export interface Sent {
  readonly own: OwnHeaders | undefined;
  readonly sessionId: string | undefined;
}

/** What can be healed after a refusal, each thing once: credentials, a session that the server lost, a wrong verdict. */
export class SecondChances {
  private isRenewed = false;
  private isHealed = false;
  private isConfirmed = false;

  constructor(
    private readonly tools: RelayTools,
    private readonly ask: RelayRequest,
    private readonly asked: Asked,
  ) {}

  /** undefined: there is nothing to heal. Rejects with what to tell the client where healing failed. */
  after(attempt: Attempt, message: ScannedMessage | undefined, sent: Sent): Promise<Next> | undefined {
    if (attempt.status < 300 && message?.errorCode === undefined) return undefined;
    return this.renewed(attempt, sent) ?? this.begunAgain(attempt, sent) ?? this.confirmed(attempt, message);
  }

  private renewed(attempt: Attempt, { own }: Sent): Promise<Next> | undefined {
    const renewed = this.isRenewed ? undefined : renewedHeaders(this.ask.target, own, attempt);
    if (renewed === undefined) return undefined;
    this.isRenewed = true;
    return renewed.then((fresh) => {
      if (fresh === undefined) throw refusalOf(this.asked, attempt.status, undefined);
      return { kind: 'again', own: fresh };
    });
  }

  /** The server forgot the session: it is begun again in its client's name, and then the request goes out again. */
  private begunAgain({ status }: Attempt, { own, sessionId }: Sent): Promise<Next> | undefined {
    const { session, route, target, scan } = this.ask;
    if (session === undefined || this.isHealed || scan.kind !== 'request') return undefined;
    // Some say 400 where the protocol wants 404; after a restart, or from another replica, that can mean nothing else.
    const hasMoved = this.tools.sessions.replicaOf(session) !== replicaOf(target);
    const isOther = (session.generation !== route.generation || hasMoved) && status === 400;
    if (status !== 404 && !isOther) return undefined;
    this.isHealed = true;
    return this.tools.sessions.replace(session, sessionId ?? session.upstreamId, route, target).then(
      (id) => {
        if (id === undefined) throw new SessionUnknownError();
        return { kind: 'again', own };
      },
      (error: unknown) => {
        throw codeOf(error) === 'upstream_protocol_error' ? new SessionUnknownError() : error;
      },
    );
  }

  private confirmed({ status }: Attempt, message: ScannedMessage | undefined): Promise<Next> | undefined {
    if (this.isConfirmed) return undefined;
    const isOther = speaksOtherOnly(this.tools.verdicts, this.ask, status, message?.errorCode);
    if (isOther === undefined) return undefined;
    this.isConfirmed = true;
    return isOther.then(
      (other) => ({ kind: other ? 'elsewhere' : 'conclude' }),
      () => ({ kind: 'conclude' }),
    );
  }
}
