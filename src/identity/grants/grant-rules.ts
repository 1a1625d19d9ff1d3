import { type FieldProblem, faultOfPattern } from '@app/kernel';
import { type Grant, type Resource, type ResourceType } from '../domain/grant';
import { isPermission } from '../domain/permissions';
import { GrantInvalidError } from './grant.errors';

export const GRANTS_MAX = 200;
export const TOOL_PATTERNS_MAX = 100;
const SUBJECT = /^[A-Za-z0-9_-]{1,64}$/;

/** What single resources can be opened for; everything else is decided by role alone. */
export const GRANTABLE: Readonly<Record<ResourceType, readonly string[]>> = {
  instances: [
    ...['instances:read', 'instances:update', 'instances:delete', 'instances:operate', 'operations:read'],
    ...['containers:read', 'containers:delete', 'tools:read', 'tools:call', 'resources:read', 'prompts:read'],
  ],
  endpoints: [
    ...['endpoints:read', 'endpoints:update', 'endpoints:delete'],
    ...['tools:read', 'tools:call', 'resources:read', 'prompts:read'],
  ],
  pipelines: [
    ...['pipelines:read', 'pipelines:update', 'pipelines:delete', 'pipelines:execute', 'pipelines:approve'],
  ],
};

export type WantedGrant = Pick<Grant, 'subjectKind' | 'subject' | 'permissions' | 'tools'>;

/** Every fault at once, where it stands in the request. */
export function toGrants({ type, id }: Resource, wanted: readonly WantedGrant[]): readonly Grant[] {
  const faults = wanted.flatMap((grant, index) => faultsOf(type, grant, `/grants/${String(index)}`, wanted));
  if (faults.length > 0) throw new GrantInvalidError(faults);
  return wanted.map((grant) => ({ resourceType: type, resourceId: id, ...grant }));
}

const fault = (pointer: string, detail: string): FieldProblem => ({ pointer, code: 'invalid', detail });

function faultsOf(
  type: ResourceType,
  grant: WantedGrant,
  pointer: string,
  all: readonly WantedGrant[],
): FieldProblem[] {
  const { subjectKind, subject, permissions, tools = [] } = grant;
  const first = all.find((one) => one.subjectKind === subjectKind && one.subject === subject);
  return [
    ...(SUBJECT.test(subject) ? [] : [fault(`${pointer}/subject`, `is no ${subjectKind}`)]),
    ...(first === grant ? [] : [fault(`${pointer}/subject`, 'is there twice')]),
    ...permissions.flatMap((permission, at) => {
      const fits = isPermission(permission) && GRANTABLE[type].includes(permission);
      return fits ? [] : [fault(`${pointer}/permissions/${String(at)}`, `cannot be granted on ${type}`)];
    }),
    ...tools.flatMap((pattern, at) => {
      const detail = faultOfPattern(pattern);
      return detail === undefined ? [] : [fault(`${pointer}/tools/${String(at)}`, detail)];
    }),
  ];
}
