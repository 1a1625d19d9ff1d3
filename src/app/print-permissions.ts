import { buildOpenApi } from '@app/http';
import { type Permission, ROLE_PERMISSIONS, ROLES } from '../identity';
import { VERSION } from './version';
import { TAGS } from './openapi-tags';
import { type Role } from './role';
import { unstartedApp } from './unused-platform';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const SERVING: readonly Role[] = ['api', 'gateway'];

const HEAD = `# Permissions

Every route, what it asks for, who holds that, and which process answers it when the roles run apart. A route without a line
here does not exist, and one that asks for nothing is marked: \`test/integration/routes\` compares this page with the routes of
the running servers. A key holds its role's permissions, cut down to its scopes.

This page is written from the controllers by \`npm run docs\`.

| method | path | operation | permission | roles | process |
|---|---|---|---|---|---|
`;

interface Route {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
  readonly permissions: readonly string[];
  readonly process: string;
}

interface Operation {
  readonly operationId?: string;
  readonly 'x-permissions'?: readonly string[];
}

async function routesOfRole(role: Role): Promise<readonly Route[]> {
  const { paths } = buildOpenApi(await unstartedApp(role), { version: VERSION, tags: TAGS });
  return Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = (item as Record<string, Operation | undefined>)[method];
      if (operation === undefined) return [];
      const { operationId = '', 'x-permissions': permissions = [] } = operation;
      return [{ method: method.toUpperCase(), path, operation: operationId, permissions, process: role }];
    }),
  );
}

/** One line per route; what each process has, such as health, is named once. */
function merge(routes: readonly Route[]): readonly Route[] {
  const byKey = new Map<string, Route>();
  for (const route of routes) {
    const key = `${route.path} ${METHODS.indexOf(route.method.toLowerCase() as (typeof METHODS)[number])}`;
    const known = byKey.get(key);
    byKey.set(key, known === undefined ? route : { ...route, process: 'each' });
  }
  return [...byKey].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, route]) => route);
}

function holders(permissions: readonly string[]): string {
  const holding = ROLES.filter((role) => {
    const held = ROLE_PERMISSIONS[role];
    return (
      held === 'all' || permissions.every((one) => one.startsWith('me:') || held.includes(one as Permission))
    );
  });
  return holding.length === ROLES.length ? 'all' : holding.join(', ');
}

const line = ({ method, path, operation, permissions, process }: Route): string => {
  const asked = permissions.length === 0 ? '**none**' : permissions.map((one) => `\`${one}\``).join(' ');
  const who = permissions.length === 0 ? 'everybody' : holders(permissions);
  return `| ${method} | \`${path}\` | ${operation} | ${asked} | ${who} | ${process} |\n`;
};

async function printPermissions(): Promise<void> {
  const routes = merge((await Promise.all(SERVING.map(routesOfRole))).flat());
  const text = JSON.stringify({ 'docs/permissions.md': HEAD + routes.map(line).join('') });
  process.stdout.write(text, () => process.exit(0));
}

void printPermissions();
