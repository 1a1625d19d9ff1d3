import { Injectable } from '@nestjs/common';
import { principalOfRequest } from '@app/telemetry';
import { may } from '../authorize';
import { type Permission } from '../domain/permissions';
import { OpenStreams } from './open-streams';

/** Requests that wait for something: what they wait for must not reach whoever was let in before, and is no longer. */
@Injectable()
export class HeldRequests {
  constructor(private readonly streams: OpenStreams) {}

  /** Calls `end` when the caller's credential, or the permission, is gone. Answers how to say that the request is over. */
  hold(permission: Permission, end: () => void): () => void {
    return this.streams.hold({
      ...{ principal: principalOfRequest(), end },
      renew: (present) => may(present, permission),
    });
  }
}
