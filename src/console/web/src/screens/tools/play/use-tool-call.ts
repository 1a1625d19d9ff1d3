import { useRef, useState } from 'react';
import { rest } from '~/api/client';
import { toProblem } from '~/api/problem';
import { type Tool, type ToolResult } from '../data';
import { runs, type Run } from '../history';

interface Sent {
  readonly server_name: string;
  readonly tool_name: string;
  readonly arguments: Record<string, unknown>;
}

interface State {
  readonly isRunning: boolean;
  readonly sent?: Sent;
  readonly result?: ToolResult;
  readonly problem?: unknown;
}

/** Runs one tool through the gateway, one call at a time; what came of the last one is kept. */
export function useToolCall(tool: Tool) {
  const [state, setState] = useState<State>({ isRunning: false });
  const under = useRef<AbortController>(undefined);
  const run = (args: Record<string, unknown>): void => {
    under.current?.abort();
    const control = new AbortController();
    under.current = control;
    const sent = { server_name: tool.server_name, tool_name: tool.name, arguments: args };
    const startedAtMs = performance.now();
    const finish = (outcome: Run['outcome'], found: Omit<State, 'isRunning'>): void => {
      if (control.signal.aborted) return;
      const durationMs = found.result?.duration_ms ?? performance.now() - startedAtMs;
      note(sent, outcome, durationMs);
      setState({ isRunning: false, sent, ...found });
    };
    setState({ isRunning: true, sent });
    rest.POST('/api/v1/mcp/tools/call', { body: sent, signal: control.signal }).then(
      ({ data, error }) => {
        if (data === undefined) finish('refused', { problem: toProblem(error) });
        else finish(data.is_error ? 'tool_error' : 'ok', { result: data });
      },
      (error: unknown) => finish('refused', { problem: toProblem(error) }),
    );
  };
  const stop = (): void => {
    under.current?.abort();
    setState(({ isRunning: _isRunning, ...rest }) => ({ ...rest, isRunning: false }));
  };
  return { ...state, run, stop };
}

const note = (sent: Sent, outcome: Run['outcome'], durationMs: number): void =>
  runs.add({
    ...{ id: crypto.randomUUID(), at: new Date().toISOString() },
    ...{ server: sent.server_name, tool: sent.tool_name, args: sent.arguments, outcome, durationMs },
  });
