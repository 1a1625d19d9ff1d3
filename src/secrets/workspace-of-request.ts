import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { requestContext } from '@app/telemetry';

/** Whose secrets a request is about: those of the workspace its caller acts in. Work of our own is the first workspace's. */
export const workspaceOfRequest = (): string =>
  requestContext.get()?.principal?.workspaceId ?? DEFAULT_WORKSPACE_ID;
