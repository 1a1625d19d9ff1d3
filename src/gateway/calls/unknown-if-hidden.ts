import { McpToolUnknownError } from '@app/mcp';
import { ToolHiddenError } from '../access/gateway-access';

/** A tool that a caller may not use does not exist for it. */
export const unknownIfHidden = (
  error: unknown,
  { toolName, serverName }: { readonly toolName: string; readonly serverName: string },
): unknown =>
  error instanceof ToolHiddenError
    ? new McpToolUnknownError(toolName, { serverName, started: false })
    : error;
