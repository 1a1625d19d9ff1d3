import { isUtf8 } from 'node:buffer';
import { type JsonObject } from '@app/kernel';
import { request } from '../wire/json-rpc';
import { isScanFault, scanAnswer } from '../wire/scan';
import { type ChannelRequest, type Passer, type PasserListener } from './channel';
import { wholeBody } from './http-body';
import { type HttpLink } from './http-link';
import { headersOf, type OlderSession } from './older-handshake';
import {
  type McpFetchAnswer,
  type McpFetchListener,
  type McpFetchStarted,
  type McpPassing,
  type PassedResult,
} from './session';

const JSON_TYPE = /^application\/json\b/i;

/** The channel, as far as its calls need it. */
export interface PasserHome {
  readonly link: HttpLink;
  readonly session: OlderSession;
  nextId(): number;
  /** What is wrong with an answer, or more than a result, is for the usual way. */
  goOn(call: SentCall, answer: McpFetchAnswer, options: ChannelRequest): Promise<JsonObject>;
  cancel(id: number): void;
}

/** Sends calls of which most are answered at once by nothing but a result: that is given on as it is. */
export class OlderPasser implements Passer {
  constructor(private readonly home: PasserHome) {}

  pass(method: string, params: JsonObject, listener: PasserListener): Pick<McpPassing, 'abort'> {
    return new PassedCall(this.home, { method, params }, listener).send();
  }
}

/** A call on its way, as far as what comes after its first answer depends on it. */
export interface SentCall {
  readonly session: OlderSession;
  readonly id: number;
  readonly method: string;
  readonly params: JsonObject;
}

class PassedCall implements SentCall, McpFetchListener {
  readonly session: OlderSession;
  readonly id: number;
  private started: McpFetchStarted | undefined = undefined;
  private isGivenUp = false;

  constructor(
    private readonly home: PasserHome,
    private readonly message: { readonly method: string; readonly params: JsonObject },
    private readonly listener: PasserListener,
  ) {
    this.session = home.session;
    this.id = home.nextId();
  }

  get method(): string {
    return this.message.method;
  }

  get params(): JsonObject {
    return this.message.params;
  }

  send(): this {
    const { home, id, method, params, session } = this;
    const body = JSON.stringify(request(id, method, params));
    this.started = home.link.start({ headers: headersOf(session), body }, this);
    return this;
  }

  abort(reason: Error): void {
    if (this.isGivenUp) return;
    this.isGivenUp = true;
    this.started?.abort(reason);
    // Closing the connection is no cancellation in this era: the server is told, so that it can stop.
    this.home.cancel(this.id);
  }

  wantsWhole({ status, headers }: McpFetchAnswer): boolean {
    return status === 200 && JSON_TYPE.test(headers.get('content-type') ?? '');
  }

  onAnswer(answer: McpFetchAnswer): void {
    if (this.isGivenUp) return;
    const result = this.resultIn(answer);
    if (result !== undefined && this.listener.onResult(result)) return;
    this.listener.onOther((options) => {
      this.started?.follow(options.signal);
      return this.home.goOn(this, answer, options);
    });
  }

  onError(error: unknown): void {
    if (this.isGivenUp) return;
    this.listener.onOther(() => Promise.reject(this.home.link.networkError(error)));
  }

  /** Undefined for everything that is not beyond doubt. */
  private resultIn(answer: McpFetchAnswer): PassedResult | undefined {
    if (!this.wantsWhole(answer)) return undefined;
    const bytes = wholeBody(answer);
    if (bytes === undefined || !isUtf8(bytes)) return undefined;
    const scan = scanAnswer(bytes);
    if (isScanFault(scan) || scan.id !== this.id || scan.isOfOneEra || scan.result === undefined)
      return undefined;
    return { bytes: bytes.subarray(scan.result.start, scan.result.end), isToolError: scan.isToolError };
  }
}
