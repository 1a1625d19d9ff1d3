import { actorOf, requestContext, scopeOfRequest } from '@app/telemetry';
import { type Importer } from '../persistence/import-store';

export const importerOfRequest = (): Importer => ({
  workspaceId: scopeOfRequest().workspaceId,
  actor: actorOf(requestContext.get()),
});
