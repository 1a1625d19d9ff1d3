import { type JsonObject } from '@app/kernel';
import { type McpPassing, type PassedResult, type PassListener, type RestOfCall } from '@app/mcp';
import { type Passage, type PassageListener } from '../terminal/conversation';
import { type ServerQuestions } from '../upstream/server-questions';
import { type BegunCall, destinationOf, type MemberCall } from './member-call';

/** Whoever passes the result of a call on, and may have to look into some. */
export interface StraightListener extends PassageListener {
  mustRead(result: PassedResult): boolean;
}

/** What fails before anything was begun fails in the usual way, too, and is told there. */
export function foundNow<T>(look: () => T | undefined): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

/** Where a call that is not answered by a result alone goes on. */
interface UsualWay {
  request(call: MemberCall, begun: BegunCall): Promise<JsonObject>;
}

/**
 * A call whose server nearly always answers with nothing but a result, which is passed on unread and without a promise.
 * What is anything else goes on as any other call, from where it is.
 */
export class StraightCall implements PassListener, Passage {
  private leaveQuestions: (() => void) | undefined = undefined;
  private passing: McpPassing | undefined = undefined;
  private isOver = false;

  constructor(
    private readonly call: MemberCall,
    private readonly at: Omit<BegunCall, 'rest'>,
    private readonly usualWay: UsualWay,
    private readonly listener: StraightListener,
  ) {}

  begin(sent: JsonObject, limitMs: number): void {
    const { call, at } = this;
    call.exchange.routed(destinationOf(at.upstream, call));
    if (at.partyLeg.questions !== undefined) this.beAskable(at.partyLeg.questions);
    this.passing = at.connection.session.pass(call.method, sent, limitMs, this);
  }

  abort(reason: Error): void {
    if (this.isOver) return;
    this.leave(reason);
    this.passing?.abort(reason);
  }

  onResult(result: PassedResult): boolean {
    if (this.listener.mustRead(result)) return false;
    this.leave();
    this.listener.onResult(result);
    return true;
  }

  onOther(rest: RestOfCall): void {
    this.end();
    this.listener.onOther(this.usualWay.request(this.call, { ...this.at, rest }));
  }

  /** What the server asks beside its answers finds the client that its session belongs to. */
  private beAskable(questions: ServerQuestions): void {
    const { exchange } = this.call;
    this.leaveQuestions = questions.enter({
      ask: (method, params) => {
        const question = exchange.ask(method, params);
        return this.passing?.during(question) ?? question;
      },
      say: (message) => {
        exchange.say(message);
      },
    });
  }

  private leave(error?: Error): void {
    this.end();
    const { partyLeg, connection } = this.at;
    partyLeg.leg.leave(connection, error);
  }

  private end(): void {
    this.isOver = true;
    this.leaveQuestions?.();
  }
}
