import { Injectable } from '@nestjs/common';
import { type Principal } from '@app/telemetry';

/** Why something that stays open ends before its reader leaves. */
export type EndOfAccess = 'revoked' | 'denied' | 'unverifiable';

/** Something that was allowed once and goes on: a stream of events, a followed log. */
export interface OpenStream {
  readonly principal: Principal;
  /** The credential, where only its issuer can say whether it still holds. */
  readonly bearer?: string | undefined;
  /** The address that the credential was shown at, where it may be meant for that one alone. */
  readonly audience?: string | undefined;
  /** Given the caller as it is now, after each change of what it may do; false: the stream may not go on. */
  renew(principal: Principal): boolean;
  end(why: EndOfAccess): void;
}

/** What is open at this moment, for whoever looks after it. Bounded by those who open: each of them has a limit. */
@Injectable()
export class OpenStreams {
  private readonly streams = new Set<OpenStream>();

  /** Answers how to leave again. */
  hold(stream: OpenStream): () => void {
    this.streams.add(stream);
    return () => {
      this.streams.delete(stream);
    };
  }

  all(): readonly OpenStream[] {
    return [...this.streams];
  }
}
