import { Injectable, Logger } from '@nestjs/common';
import { type RestartUsersV1, secretReference } from '@app/contracts';
import { Database } from '@app/database';
import { Inbox } from '@app/queues';
import { InstanceNotFoundError } from '../domain/instance.errors';
import { InstanceRepository } from '../domain/instance.repository';

const CONSUMER = 'restart-users';
/** As many as there may be instances. */
const USERS_MAX = 100_000;

interface UserRow {
  readonly id: string;
  readonly workspace_id: string;
}

/** Starts the instances again that asked for it, when a secret of theirs got a new version. */
@Injectable()
export class RestartUsers {
  private readonly logger = new Logger(RestartUsers.name);

  constructor(
    private readonly db: Database,
    private readonly inbox: Inbox,
    private readonly instances: InstanceRepository,
  ) {}

  async run(task: RestartUsersV1): Promise<void> {
    for (const user of await this.users(task))
      await this.inbox.once(CONSUMER, `${task.event_id} ${user.id}`, () => this.restart(user));
  }

  /**
   * Of the workspace that the secret belongs to. An instance whose specification the same request has changed is on its way
   * to a new start already.
   */
  private users({
    event_id: eventId,
    request_id: requestId,
    scope,
    name,
  }: RestartUsersV1): Promise<UserRow[]> {
    return this.db.query<UserRow>(
      `SELECT d.id, d.workspace_id FROM desired_instances d JOIN domain_event e ON e.id = $1::uuid
        WHERE d.desired_state = 'running' AND d.spec -> 'restart_on_rotate' = 'true'::jsonb
          AND d.workspace_id = e.workspace_id
          AND jsonb_path_exists(d.spec, '$.** ? (@ == $ref)', jsonb_build_object('ref', $2::text))
          AND NOT EXISTS (SELECT FROM domain_event r
                           WHERE r.aggregate_type = 'instances' AND r.aggregate_id = d.id::text
                             AND r.correlation_id = $3 AND r.name LIKE 'mcp.instance.%.requested')
        ORDER BY d.id LIMIT ${USERS_MAX}`,
      [eventId, secretReference(scope, name), requestId],
    );
  }

  private async restart({ id, workspace_id: workspaceId }: UserRow): Promise<void> {
    const scope = {
      ...{ workspaceId, actor: 'system:restart-users' },
      admit: () => undefined,
      reach: () => ({ withoutIds: [] }),
    };
    try {
      const instance = await this.instances.lock(scope, id);
      if (instance.snapshot().desired !== 'running') return;
      instance.restart(new Date());
      await this.instances.update(instance, 'restart');
    } catch (error) {
      if (!(error instanceof InstanceNotFoundError)) throw error;
      this.logger.debug(`instance ${id} was deleted before it could start again`);
    }
  }
}
