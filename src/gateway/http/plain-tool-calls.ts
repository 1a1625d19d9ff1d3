import { Injectable } from '@nestjs/common';
import { type Below, clientAddress, type HouseRules, parseJson } from '@app/http';
import { type JsonObject } from '@app/kernel';
import { PlainRequest } from '@app/plain-http';
import { type Principal, requestContext } from '@app/telemetry';
import { may } from '../../identity';
import { RateLimiter, type RateVerdict, refusalOf } from '../../limits';
import { type ToolCall, type ToolCallAnswer, ToolCaller } from '../calls/tool-caller';
import { Gate } from '../faces/gate';
import { isCallPath, isPlainCall, PlainCall } from './plain-call';
import { type EvidentCall, isEvidentCall, ToolResultDto } from './tools.dto';

const PERMISSION = 'tools:call';
const POLICY = 'tool_calls';
const NO_ARGUMENTS: JsonObject = {};

/**
 * The short way of `ToolsController.call`, below the framework, for calls that are evidently in order: whoever is not known, may
 * not, or asks for anything unusual is left to the framework, which alone knows how to refuse. What was counted is answered
 * here, whatever comes of it: a call is never counted or sent twice.
 */
@Injectable()
export class PlainToolCalls {
  constructor(
    private readonly gate: Gate,
    private readonly rates: RateLimiter,
    private readonly caller: ToolCaller,
  ) {}

  /** What the HTTP server asks before the framework. */
  below(rules: HouseRules): Below {
    const addressOf = clientAddress(rules.trustedProxies);
    const isOpen = rules.corsOrigins.length === 0;
    return {
      takesPlain: (head) => isOpen && isPlainCall(head),
      handle: (request, response) => {
        if (!(request instanceof PlainRequest) || !isCallPath(request.url)) return false;
        if (rules.hosts.check(request.url, request.headers) !== undefined) return false;
        this.receive(new PlainCall(rules, request, response, addressOf));
        return true;
      },
    };
  }

  private receive(call: PlainCall): void {
    const principal = this.gate.recall(call.request);
    if (principal !== undefined) {
      this.admit(call, principal);
      return;
    }
    this.gate.identify(call.request).then(
      (identified) => {
        this.admit(call, identified);
      },
      () => {
        call.request.giveBack();
      },
    );
  }

  private admit(call: PlainCall, principal: Principal): void {
    const { request } = call;
    if (!may(principal, PERMISSION)) {
      request.giveBack();
      return;
    }
    call.principal = principal;
    request.takeBody((bytes) => {
      const body = bytes === undefined ? undefined : evidentIn(bytes);
      // Where its sender went away half-way there is nothing to give back, and nobody to answer.
      if (body === undefined) request.giveBack();
      else this.count(call, principal, body);
    });
  }

  private count(call: PlainCall, principal: Principal, body: EvidentCall): void {
    const caller = { principal, address: call.address };
    const serve = (verdict: RateVerdict | undefined): void => {
      call.verdict = verdict;
      if (verdict?.allowed === false) call.fail(refusalOf(verdict));
      else this.serve(call, principal, body);
    };
    const now = this.rates.consumeNow(POLICY, caller);
    if (now !== 'later') serve(now);
    else
      this.rates.consume(POLICY, caller).then(serve, (error: unknown) => {
        call.fail(error);
      });
  }

  private serve(call: PlainCall, principal: Principal, body: EvidentCall): void {
    const { scope } = call;
    const asked = toolCallOf(body, call);
    const onAnswer = (answer: ToolCallAnswer): void => {
      call.answer(ToolResultDto.from(answer, body.tool_name, call.requestId));
    };
    const onOther = (answer: Promise<ToolCallAnswer>): void => {
      answer.then(onAnswer, (error: unknown) => {
        call.fail(error);
      });
    };
    const passage =
      asked.timeoutMs === undefined
        ? this.caller.pass(asked, { scope, principal }, { onAnswer, onOther })
        : undefined;
    if (passage === undefined)
      requestContext.run(scope, () => {
        onOther(this.caller.call(asked));
      });
    else call.follow(passage);
  }
}

/** undefined for whatever is not certainly a call, or not even JSON: why, is the framework's to say. */
function evidentIn(bytes: Buffer): EvidentCall | undefined {
  try {
    const body = parseJson(bytes);
    return typeof body === 'object' && body !== null && isEvidentCall(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function toolCallOf(body: EvidentCall, call: PlainCall): ToolCall {
  const { server_name: serverName, tool_name: toolName, arguments: args = NO_ARGUMENTS } = body;
  const { timeout_ms: timeoutMs } = body;
  const asked = {
    serverName,
    toolName,
    args,
    // Nearly no call needs one.
    get signal(): AbortSignal {
      return call.signal;
    },
  };
  return timeoutMs === undefined ? asked : { serverName, toolName, args, timeoutMs, signal: call.signal };
}
