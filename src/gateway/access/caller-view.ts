import { identityOf, type Principal } from '@app/telemetry';
import { type Access } from '../../identity';
import { type Route } from '../routing/route';
import { type ListKind } from '../upstream/fetch-list';

/** What is listed, and the permission that a list asks for. */
const PERMISSION_OF: Readonly<Record<ListKind, string>> = {
  tools: 'tools:read',
  prompts: 'prompts:read',
  resources: 'resources:read',
  templates: 'resources:read',
};
const KINDS = Object.keys(PERMISSION_OF) as readonly ListKind[];

/** The one decision, as far as a view asks for it. */
interface Judge {
  mayUse(
    use: {
      readonly principal: Principal;
      readonly permission: string;
      readonly tool: string | undefined;
      readonly through: string | undefined;
    },
    route: Route,
  ): boolean;
}

/** Which servers and tools of a workspace one caller sees. What is kept by its key never serves another view. */
export class CallerView {
  /** Everybody in the workspace with no limit of their own shares one view. */
  readonly isOpen: boolean;
  readonly key: string;

  constructor(
    private readonly gateway: Judge,
    private readonly access: Access,
    readonly principal: Principal,
    private readonly through: string | undefined,
  ) {
    const { role, permissions, workspaceId } = principal;
    const holdsAll = permissions === 'all' || KINDS.every((kind) => permissions.has(PERMISSION_OF[kind]));
    this.isOpen = holdsAll && access.isOpen(principal, 'instances') && access.isOpen(principal, 'endpoints');
    this.key = this.isOpen
      ? workspaceId
      : JSON.stringify([
          workspaceId,
          identityOf(principal),
          role,
          principal.keyId ?? null,
          digestOf(principal),
        ]);
  }

  /** What was derived from the view is as old as this. */
  get version(): number {
    return this.access.version;
  }

  sees(route: Route): boolean {
    return this.isOpen || KINDS.some((kind) => this.permits(kind, route));
  }

  permits(kind: ListKind, route: Route, tool?: string): boolean {
    if (this.isOpen) return true;
    const { principal, through } = this;
    return this.gateway.mayUse({ principal, permission: PERMISSION_OF[kind], tool, through }, route);
  }
}

/** What of a principal may change while its id stays. */
function digestOf({ permissions, limitedTo }: Principal): readonly unknown[] {
  const held = permissions === 'all' ? 'all' : KINDS.map((kind) => permissions.has(PERMISSION_OF[kind]));
  return [
    held,
    [...(limitedTo?.instances ?? [])],
    [...(limitedTo?.endpoints ?? [])],
    limitedTo === undefined,
  ];
}
