import { type RawResponse } from '@app/plain-http';
import { identityOf, type Principal } from '@app/telemetry';
import { may, type OpenStream } from '../../identity';

/** How much of a face its caller may have. */
export interface Reach {
  readonly isOpen: boolean;
  /** Servers of it that are closed to this caller. */
  readonly closed: ReadonlySet<string>;
}

export interface Followed {
  readonly principal: Principal;
  readonly bearer: string | undefined;
  readonly audience: string;
  readonly permission: string;
  readonly reachOf: (principal: Principal) => Reach;
}

/** One answer that goes on. What it was opened with does not change: whoever may less than then has to open it anew. */
export class FollowedStream implements OpenStream {
  private reach: Reach;

  constructor(
    private readonly response: RawResponse,
    private readonly about: Followed,
  ) {
    this.reach = about.reachOf(about.principal);
  }

  get principal(): Principal {
    return this.about.principal;
  }

  get bearer(): string | undefined {
    return this.about.bearer;
  }

  get audience(): string {
    return this.about.audience;
  }

  renew(principal: Principal): boolean {
    const { about } = this;
    if (identityOf(principal) !== identityOf(about.principal) || !may(principal, about.permission))
      return false;
    if (!isAsMuch(principal, about.principal)) return false;
    const before = this.reach;
    this.reach = about.reachOf(principal);
    return this.reach.isOpen && [...this.reach.closed].every((name) => before.closed.has(name));
  }

  /** An end like any other, after which a client comes back and is told why at the door. */
  end(): void {
    const { response } = this;
    // What a server still says in this moment finds nobody, and that is no fault.
    response.on('error', () => undefined);
    if (response.headersSent && response.writableLength === 0) response.end();
    else response.destroy();
  }
}

/** What was taken from a role, a user or a key. More than before may wait for the next time. */
function isAsMuch(now: Principal, before: Principal): boolean {
  if (JSON.stringify(limitsOf(now)) !== JSON.stringify(limitsOf(before))) return false;
  if (now.permissions === 'all') return true;
  const { permissions } = now;
  return before.permissions !== 'all' && [...before.permissions].every((one) => permissions.has(one));
}

const limitsOf = ({ role, limitedTo }: Principal): readonly unknown[] => [
  role,
  limitedTo === undefined ? null : [[...(limitedTo.instances ?? [])], [...(limitedTo.endpoints ?? [])]],
];
