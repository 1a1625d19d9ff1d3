import { useEffect, useRef, useState } from 'react';
import { rest } from '~/api/client';
import { toProblem } from '~/api/problem';
import { type Tool, type ToolResult } from '../data';
import { runs, type Run } from '../history';
import { type Replies } from './asked/asked-view';
import { type InputRequired } from './asked/question';

interface Sent {
  readonly server_name: string;
  readonly tool_name: string;
  readonly arguments: Record<string, unknown>;
  readonly accept_input: true;
}

/** What the server wants to know before it goes on, and until when. */
interface Asked {
  readonly input: InputRequired;
  readonly untilMs: number;
  readonly isOver: boolean;
}

interface State {
  readonly isRunning: boolean;
  readonly sent?: Sent;
  readonly asked?: Asked;
  readonly result?: ToolResult;
  readonly problem?: unknown;
}

/** Runs one tool through the gateway, one call at a time; what came of the last one is kept, but no answer that was given on the way. */
export function useToolCall(tool: Tool) {
  const [state, setState] = useState<State>({ isRunning: false });
  const under = useRef<AbortController>(undefined);
  const spentMs = useRef(0);
  const { sent: lastSent, asked } = state;
  const isWaiting = asked !== undefined && !asked.isOver && !state.isRunning;
  useEffect(() => {
    if (!isWaiting) return;
    const timer = setTimeout(
      () => setState((now) => (now.asked === asked ? { ...now, asked: { ...asked, isOver: true } } : now)),
      Math.max(0, asked.untilMs - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [asked, isWaiting]);
  useLeaving(isWaiting ? () => cancel(lastSent, asked.input) : undefined);
  const send = (sent: Sent, more: object): void => {
    under.current?.abort();
    const control = new AbortController();
    under.current = control;
    const startedAtMs = performance.now();
    const finish = (outcome: Run['outcome'], found: Omit<State, 'isRunning'>): void => {
      if (control.signal.aborted) return;
      spentMs.current += found.result?.duration_ms ?? performance.now() - startedAtMs;
      note(sent, outcome, spentMs.current);
      setState({ isRunning: false, sent, ...found });
    };
    const take = (result: ToolResult): void => {
      const { input_required: input } = result;
      if (input === undefined) {
        finish(result.is_error ? 'tool_error' : 'ok', { result });
      } else if (!control.signal.aborted) {
        spentMs.current += result.duration_ms;
        setState({
          isRunning: false,
          sent,
          asked: { input, untilMs: Date.now() + input.expires_in_ms, isOver: false },
        });
      }
    };
    rest.POST('/api/v1/mcp/tools/call', { body: { ...sent, ...more }, signal: control.signal }).then(
      ({ data, error }) => {
        if (data === undefined) finish('refused', { problem: toProblem(error) });
        else take(data);
      },
      (error: unknown) => finish('refused', { problem: toProblem(error) }),
    );
  };
  const run = (args: Record<string, unknown>): void => {
    const { server_name, name: tool_name } = tool;
    const sent: Sent = { server_name, tool_name, arguments: args, accept_input: true };
    spentMs.current = 0;
    setState({ isRunning: true, sent });
    send(sent, {});
  };
  /** The same request with the answers; what is asked stays on view until the server says something. */
  const reply = (replies: Replies): void => {
    if (lastSent === undefined || asked === undefined) return;
    setState({ isRunning: true, sent: lastSent, asked });
    send(lastSent, { input_responses: replies, request_state: asked.input.request_state });
  };
  const stop = (): void => {
    under.current?.abort();
    setState(({ isRunning: _isRunning, asked: _asked, ...rest }) => ({ ...rest, isRunning: false }));
  };
  return { ...state, run, reply, stop };
}

/** Does it once the page is left, as it is then. */
function useLeaving(leave: (() => void) | undefined): void {
  const latest = useRef(leave);
  useEffect(() => {
    latest.current = leave;
  });
  useEffect(() => () => latest.current?.(), []);
}

/** Nobody is there any more to answer: the server need not wait until the time is over. */
function cancel(sent: Sent | undefined, { requests, request_state }: InputRequired): void {
  if (sent === undefined) return;
  const replies = Object.fromEntries(Object.keys(requests).map((key) => [key, { action: 'cancel' }]));
  const body = { ...sent, input_responses: replies, request_state };
  rest.POST('/api/v1/mcp/tools/call', { body }).catch(() => undefined);
}

const note = (sent: Sent, outcome: Run['outcome'], durationMs: number): void =>
  runs.add({
    ...{ id: crypto.randomUUID(), at: new Date().toISOString() },
    ...{ server: sent.server_name, tool: sent.tool_name, args: sent.arguments, outcome, durationMs },
  });
