export {
  BridgeServer,
  type BridgeCaller,
  type BridgeServerOptions,
  type OwnProcess,
  type PerSessionChildren,
  SHARED_SESSION,
} from './bridge/bridge-server';
export {
  StdioBridge,
  type BridgeVerdict,
  type StdioBridgeOptions,
  type StdioStreams,
} from './bridge/stdio-bridge';
export { connectMcp, type ConnectOptions } from './client/connect';
export { networkError } from './client/network-error';
export { refusalError } from './client/refusal';
export { probeMcp, type ProbeResult } from './client/probe';
export { type ClientSideOptions } from './client/client-side';
export {
  type AskClient,
  type CallOptions,
  type McpAuth,
  type McpEra,
  type McpFetch,
  type McpFetchAnswer,
  type McpFetchInit,
  type McpInterest,
  type McpListKind,
  type McpPassing,
  type McpPrompt,
  type McpPromptResult,
  type McpResource,
  type McpResourceContents,
  type McpResourceTemplate,
  type McpServerInfo,
  type McpSession,
  type McpSocket,
  type McpSocketInit,
  type McpSocketOpener,
  type McpSocketRefusal,
  type McpSubscription,
  type McpTool,
  type McpToolResult,
  type McpTransport,
  type OnServerRequest,
  type PassedResult,
  type PassListener,
  type RestOfCall,
} from './client/session';
export { isToolResult } from './client/shapes';
export {
  BridgeBusyError,
  McpAuthenticationError,
  McpBusyError,
  McpError,
  McpProtocolError,
  McpRequestRefusedError,
  McpTimeoutError,
  McpToolUnknownError,
  SessionLimitReachedError,
  McpUnreachableError,
  OAuthTokenError,
  SchemaCheckUnavailableError,
  StdioServerEndedError,
  type McpErrorOptions,
} from './errors';
export { discover, type DiscoveryRequest, type TokenServer } from './oauth/discovery';
export { type ClientProof, type OAuthClient } from './oauth/oauth-client';
export { OAuthTokenSource, type OAuthTokenSourceOptions } from './oauth/oauth-token-source';
export { ToolSchemas, type ToolSchemasOptions } from './schemas/tool-schemas';
export { type Challenge, readChallenge } from './wire/challenge';
export { decodeHeaderValue } from './wire/header-value';
export {
  asMessage,
  isCall,
  isFailure,
  isObject,
  isRequest,
  metaOf,
  notification,
  type RpcError,
  type RpcFailure,
  type RpcId,
  type RpcMessage,
  type RpcNotification,
  type RpcRequest,
  type RpcResponse,
  type RpcResult,
} from './wire/json-rpc';
export {
  type Mirrored,
  mirroredArguments,
  mirroredHeaders,
  mirroredMismatch,
} from './wire/mirrored-arguments';
export { newerFault, newerStatus, REMOVED_METHODS } from './wire/newer-request';
export {
  HEADER,
  MAX_MESSAGE_BYTES,
  META,
  namedMember,
  NEWER_VERSION,
  NEWER_VERSIONS,
  OLDER_VERSION,
  OLDER_VERSIONS,
  OUR_RPC,
  RPC,
} from './wire/protocol';
export { isScanFault, scanAnswer, type ScanFault, scanRequest } from './wire/scan';
export { type ScannedMessage } from './wire/scanned-message';
