import { type RawResponse } from '@app/plain-http';
import { type Admission } from '../upstream/admission';

/** A call's place before its server. Mostly there is one at once, and nothing is waited for. */
export class Turn {
  private leaveNow: ((error?: Error) => void) | undefined = undefined;

  constructor(
    /** undefined: what stays open takes nobody's place. */
    private readonly admission: Admission | undefined,
    private readonly response: RawResponse,
  ) {}

  take(onTurn: () => void, onRefused: (error: unknown) => void): void {
    const { admission } = this;
    if (admission === undefined) {
      onTurn();
    } else if (admission.tryEnter()) {
      this.leaveNow = (error) => {
        admission.leave(error);
      };
      onTurn();
    } else {
      this.wait(admission, onTurn, onRefused);
    }
  }

  /** Once: what says nothing about the server counts neither way. */
  leave(error?: Error): void {
    const { leaveNow } = this;
    this.leaveNow = undefined;
    leaveNow?.(error);
  }

  private wait(admission: Admission, onTurn: () => void, onRefused: (error: unknown) => void): void {
    const gone = new AbortController();
    const onClose = (): void => {
      gone.abort(new Error('the client went away'));
    };
    this.response.once('close', onClose);
    let hasBegun = false;
    const work = (): Promise<void> =>
      new Promise((resolve, reject) => {
        hasBegun = true;
        this.response.off('close', onClose);
        this.leaveNow = (error) => {
          if (error === undefined) resolve();
          else reject(error);
        };
        onTurn();
      });
    admission.run(work, gone.signal).catch((error: unknown) => {
      // What ended the call itself was told by the call.
      if (!hasBegun) onRefused(error);
    });
  }
}
