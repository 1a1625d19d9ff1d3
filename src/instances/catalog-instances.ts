import { Injectable } from '@nestjs/common';
import { Database } from '@app/database';
import { InstancesOfDefinitions, type RemoteInstance } from '../catalog';
import { callerOfRequest } from './commands/caller-of-request';
import { InstanceCreation } from './commands/instance-creation';
import { type Caller } from './domain/caller';
import { InstanceSpecInvalidError } from './domain/instance.errors';

/** What the catalogue asks of instances. */
@Injectable()
export class CatalogInstances extends InstancesOfDefinitions {
  constructor(
    private readonly db: Database,
    private readonly creation: InstanceCreation,
  ) {
    super();
  }

  /** Inside the catalogue's transaction, which cannot be begun anew: hence the exact count at once. */
  override async createRemote(remote: RemoteInstance): Promise<{ id: string }> {
    const caller = callerOfRequest();
    const judged = await this.judge(remote, caller);
    const { wanted, prepared } = judged;
    const owned = { prepared, wanted: { ...wanted, serverSpecId: remote.definitionId } };
    const { state } = await this.creation.store(owned, caller, 'exact');
    return { id: state.id };
  }

  override async countUsing(definitionId: string): Promise<number> {
    const [row] = await this.db.query<{ users: number }>(
      `SELECT count(*)::int AS users FROM instances WHERE server_spec_id = $1 AND deleted_at IS NULL`,
      [definitionId],
    );
    return row?.users ?? 0;
  }

  override async detachDeleted(definitionId: string): Promise<void> {
    await this.db.execute(
      `UPDATE instances SET server_spec_id = NULL WHERE server_spec_id = $1 AND deleted_at IS NOT NULL`,
      [definitionId],
    );
  }

  /** Faults are told in the words of the request, which has no json_spec. */
  private judge({ name, description, jsonSpec }: RemoteInstance, caller: Caller): Promise<Judged> {
    const draft = { name, description, agentId: null, replicas: 1, jsonSpec, environment: {} };
    return this.creation.judge(draft, caller).catch((error: unknown) => {
      throw error instanceof InstanceSpecInvalidError ? inWordsOfTheRequest(error) : error;
    });
  }
}

type Judged = Awaited<ReturnType<InstanceCreation['judge']>>;

const FIELDS: readonly (readonly [prefix: string, field: string])[] = [
  ['/json_spec/endpoint', '/url'],
  ['/json_spec/command', '/url'],
  ['/json_spec/authentication/token_url', '/oauth2_token_url'],
  ['/json_spec/authentication/client_id', '/oauth2_client_id'],
  ['/json_spec/authentication/client_secret', '/oauth2_client_secret'],
  ['/json_spec/authentication/scopes', '/oauth2_scopes'],
  ['/json_spec', ''],
];

function inWordsOfTheRequest({ errors = [] }: InstanceSpecInvalidError): InstanceSpecInvalidError {
  return new InstanceSpecInvalidError(
    errors.map((problem) => {
      const [prefix = '', field = ''] = FIELDS.find(([each]) => problem.pointer.startsWith(each)) ?? [];
      return { ...problem, pointer: field + problem.pointer.slice(prefix.length) };
    }),
  );
}
