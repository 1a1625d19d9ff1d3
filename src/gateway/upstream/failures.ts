import { type UpstreamLayer } from '@app/kernel';
import {
  BridgeBusyError,
  McpAuthenticationError,
  McpBusyError,
  McpError,
  McpRequestRefusedError,
  McpToolUnknownError,
} from '@app/mcp';

/** The server is alive and said no: that is its right, and no reason to stop asking it. */
const ANSWERED = [
  McpRequestRefusedError,
  McpToolUnknownError,
  McpAuthenticationError,
  McpBusyError,
  BridgeBusyError,
] as const;

const wasAnswered = (error: McpError): boolean => ANSWERED.some((kind) => error instanceof kind);

export const provesLife = (error: unknown): boolean => error instanceof McpError && wasAnswered(error);

/** Counts against the circuit: no connection, no time, no protocol. */
export const isOutage = (error: unknown): boolean => error instanceof McpError && !wasAnswered(error);

/** The request provably never began, so a new connection and a second try can do no harm. */
export const mayTryAgain = (error: unknown): boolean =>
  isOutage(error) && error instanceof McpError && !error.started;

export const layerOf = (error: unknown): UpstreamLayer => (error instanceof McpError ? error.layer : 'tcp');

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
