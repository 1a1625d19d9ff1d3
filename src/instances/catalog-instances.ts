import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { type FieldProblem, type JsonObject } from '@app/kernel';
import { InstancesOfDefinitions, type RemoteInstance } from '../catalog';
import { PermissionDeniedError } from '../identity';
import { callerOfRequest } from './commands/caller-of-request';
import { InstanceCreation } from './commands/instance-creation';
import { SpecPreparation } from './commands/spec-preparation';

/** What the catalogue asks of instances. */
@Injectable()
export class CatalogInstances extends InstancesOfDefinitions {
  constructor(
    private readonly db: Database,
    private readonly creation: InstanceCreation,
    private readonly preparation: SpecPreparation,
  ) {
    super();
  }

  /** Inside the catalogue's transaction, which cannot be begun anew: hence the exact count at once. */
  override async createRemote(remote: RemoteInstance): Promise<{ id: string }> {
    const caller = callerOfRequest();
    // Registering is one permission, and what comes of it is another.
    if (!caller.may('instances:create')) throw new PermissionDeniedError('instances:create');
    const { name, description, jsonSpec } = remote;
    const draft = { name, description, agentId: null, replicas: 1, jsonSpec, environment: {} };
    const { wanted, prepared } = await this.creation.judge(
      { ...draft, pointers: inWordsOfTheRequest },
      caller,
    );
    const owned = { prepared, wanted: { ...wanted, serverSpecId: remote.definitionId } };
    const { state } = await this.creation.store(owned, caller, 'exact');
    return { id: state.id };
  }

  /** A definition has the members of json_spec beside its own. */
  override judgeDefaults(base: JsonObject): readonly FieldProblem[] {
    return this.preparation
      .judgePart(base)
      .filter(({ pointer }) => pointer !== IMAGE)
      .map((fault) => ({ ...fault, pointer: fault.pointer.replace(/^\/json_spec/, '') }));
  }

  override async countUsing(definitionId: string): Promise<number> {
    const [row] = await this.db.query<{ users: number }>(
      `SELECT count(*)::int AS users FROM instances WHERE server_spec_id = $1 AND deleted_at IS NULL`,
      [definitionId],
    );
    return row?.users ?? 0;
  }

  override async countsUsing(
    workspaceId: string,
    definitionIds: readonly string[],
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await this.db.query<{ id: string; users: number }>(
      `SELECT server_spec_id AS id, count(*)::int AS users FROM instances
        WHERE workspace_id = $1 AND server_spec_id = ANY ($2::uuid[]) AND deleted_at IS NULL GROUP BY server_spec_id`,
      [workspaceId, definitionIds],
    );
    return new Map(rows.map(({ id, users }) => [id, users]));
  }

  override async detachDeleted(definitionId: string): Promise<void> {
    await this.db.execute(
      `UPDATE instances SET server_spec_id = NULL WHERE server_spec_id = $1 AND deleted_at IS NOT NULL`,
      [definitionId],
    );
  }
}

/** Judged by the catalogue itself, where it is called docker_image_url. */
const IMAGE = '/json_spec/image';

const FIELDS: readonly (readonly [prefix: string, field: string])[] = [
  ['/json_spec/endpoint', '/url'],
  ['/json_spec/command', '/url'],
  ['/json_spec/authentication/token_url', '/oauth2_token_url'],
  ['/json_spec/authentication/client_id', '/oauth2_client_id'],
  ['/json_spec/authentication/client_secret', '/oauth2_client_secret'],
  ['/json_spec/authentication/scopes', '/oauth2_scopes'],
  ['/json_spec', ''],
];

/** Faults are told in the words of the request, which has no json_spec. */
function inWordsOfTheRequest(pointer: string): string {
  const [prefix = '', field = ''] = FIELDS.find(([each]) => pointer.startsWith(each)) ?? [];
  return field + pointer.slice(prefix.length);
}
