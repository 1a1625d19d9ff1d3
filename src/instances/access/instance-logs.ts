import { Injectable } from '@nestjs/common';
import { principalOfRequest } from '@app/telemetry';
import { Access, OpenStreams } from '../../identity';
import { type InstanceScope } from '../domain/instance-scope';
import { type FollowedLog, LogTail, type LogText, type LogWish } from '../queries/log-tail';

/** Logs for whoever makes the request. One that is followed shows what comes after the request that was allowed. */
@Injectable()
export class InstanceLogs {
  constructor(
    private readonly log: LogTail,
    private readonly access: Access,
    private readonly streams: OpenStreams,
  ) {}

  tail(scope: InstanceScope, idOrName: string, wish: LogWish): Promise<LogText> {
    return this.log.tail(scope, idOrName, wish);
  }

  /** Ends by itself when its reader's credential does, or when the instance is closed to the reader. */
  async follow(
    scope: InstanceScope,
    idOrName: string,
    { bearer, ...wish }: LogWish & { readonly bearer: string | undefined },
  ): Promise<FollowedLog> {
    const principal = principalOfRequest();
    const followed = await this.log.follow(scope, idOrName, wish);
    const { instance, ended, end } = followed;
    const resource = { type: 'instances', ...instance, workspaceId: principal.workspaceId } as const;
    const release = this.streams.hold({
      ...{ principal, bearer, end },
      renew: (present) => this.access.may(present, 'instances:read', resource),
    });
    ended.addEventListener('abort', release);
    return followed;
  }
}
