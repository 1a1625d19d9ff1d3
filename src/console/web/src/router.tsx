import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
} from '@tanstack/react-router';
import { BASE } from '~/security';
import { validateCatalogSearch, validateInstallSearch } from '~/screens/catalog/search';
import { validateInstancesSearch, validateInstanceSearch } from '~/screens/instances/search';
import { validateToolsSearch } from '~/screens/tools/search';
import { validateConnectSearch } from '~/screens/connect/search';
import { validateAgentsSearch } from '~/screens/agents/search';
import { validatePipelinesSearch } from '~/screens/pipelines/search';
import { validateRunSearch } from '~/screens/runs/search';
import { validateTasksSearch } from '~/screens/tasks/search';
import { validateOverviewSearch } from '~/screens/overview/search';
import { validateAdminSearch } from '~/screens/admin/search';
import { validateWelcomeSearch } from '~/screens/welcome/search';
import { BrokenScreen, NotFound } from '~/shell/not-found';
import { ScreenSkeleton } from '~/shell/screen-skeleton';
import { SessionGate } from '~/shell/session-gate';

// Every screen is a chunk of its own; its search parameters are its state and are typed by its search.ts.
const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  validateSearch: validateWelcomeSearch,
  component: lazyRouteComponent(() => import('~/screens/welcome/welcome-page')),
});

const inside = createRoute({ getParentRoute: () => root, id: 'inside', component: SessionGate });

const overview = createRoute({
  getParentRoute: () => inside,
  path: '/',
  validateSearch: validateOverviewSearch,
  component: lazyRouteComponent(() => import('~/screens/overview/overview-page')),
});

const catalog = createRoute({
  getParentRoute: () => inside,
  path: '/catalog',
  validateSearch: validateCatalogSearch,
  component: lazyRouteComponent(() => import('~/screens/catalog/catalog-page')),
});
const definition = createRoute({
  getParentRoute: () => inside,
  path: '/catalog/$id',
  component: lazyRouteComponent(() => import('~/screens/catalog/definition-page')),
});
const install = createRoute({
  getParentRoute: () => inside,
  path: '/catalog/$id/install',
  validateSearch: validateInstallSearch,
  component: lazyRouteComponent(() => import('~/screens/catalog/install-page')),
});

const instances = createRoute({
  getParentRoute: () => inside,
  path: '/instances',
  validateSearch: validateInstancesSearch,
  component: lazyRouteComponent(() => import('~/screens/instances/instances-page')),
});
const instance = createRoute({
  getParentRoute: () => inside,
  path: '/instances/$name',
  validateSearch: validateInstanceSearch,
  component: lazyRouteComponent(() => import('~/screens/instances/instance-page')),
});

const tools = createRoute({
  getParentRoute: () => inside,
  path: '/tools',
  validateSearch: validateToolsSearch,
  component: lazyRouteComponent(() => import('~/screens/tools/tools-page')),
});
const connect = createRoute({
  getParentRoute: () => inside,
  path: '/connect',
  validateSearch: validateConnectSearch,
  component: lazyRouteComponent(() => import('~/screens/connect/connect-page')),
});
const endpoint = createRoute({
  getParentRoute: () => inside,
  path: '/endpoints/$name',
  component: lazyRouteComponent(() => import('~/screens/connect/endpoint-page')),
});

const agents = createRoute({
  getParentRoute: () => inside,
  path: '/agents',
  validateSearch: validateAgentsSearch,
  component: lazyRouteComponent(() => import('~/screens/agents/agents-page')),
});
const agent = createRoute({
  getParentRoute: () => inside,
  path: '/agents/$id',
  component: lazyRouteComponent(() => import('~/screens/agents/agent-page')),
});

const tasks = createRoute({
  getParentRoute: () => inside,
  path: '/tasks',
  validateSearch: validateTasksSearch,
  component: lazyRouteComponent(() => import('~/screens/tasks/tasks-page')),
});
const task = createRoute({
  getParentRoute: () => inside,
  path: '/tasks/$id',
  component: lazyRouteComponent(() => import('~/screens/tasks/task-page')),
});
const queues = createRoute({
  getParentRoute: () => inside,
  path: '/queues',
  component: lazyRouteComponent(() => import('~/screens/tasks/queues-page')),
});

const pipelines = createRoute({
  getParentRoute: () => inside,
  path: '/pipelines',
  validateSearch: validatePipelinesSearch,
  component: lazyRouteComponent(() => import('~/screens/pipelines/pipelines-page')),
});
const newPipeline = createRoute({
  getParentRoute: () => inside,
  path: '/pipelines/new',
  validateSearch: validatePipelinesSearch,
  component: lazyRouteComponent(() => import('~/screens/pipelines/editor-page')),
});
const pipeline = createRoute({
  getParentRoute: () => inside,
  path: '/pipelines/$id',
  validateSearch: validatePipelinesSearch,
  component: lazyRouteComponent(() => import('~/screens/pipelines/pipeline-page')),
});
const editPipeline = createRoute({
  getParentRoute: () => inside,
  path: '/pipelines/$id/edit',
  validateSearch: validatePipelinesSearch,
  component: lazyRouteComponent(() => import('~/screens/pipelines/editor-page')),
});
const run = createRoute({
  getParentRoute: () => inside,
  path: '/runs/$id',
  validateSearch: validateRunSearch,
  component: lazyRouteComponent(() => import('~/screens/runs/run-page')),
});
const compare = createRoute({
  getParentRoute: () => inside,
  path: '/runs/$id/compare/$other',
  component: lazyRouteComponent(() => import('~/screens/runs/compare-page')),
});

const me = createRoute({
  getParentRoute: () => inside,
  path: '/me',
  component: lazyRouteComponent(() => import('~/screens/me/me-page')),
});

const admin = createRoute({ getParentRoute: () => inside, path: '/admin', component: Outlet });
const users = createRoute({
  getParentRoute: () => admin,
  path: '/users',
  validateSearch: validateAdminSearch,
  component: lazyRouteComponent(() => import('~/screens/admin/users-page')),
});
const keys = createRoute({
  getParentRoute: () => admin,
  path: '/keys',
  validateSearch: validateAdminSearch,
  component: lazyRouteComponent(() => import('~/screens/admin/keys-page')),
});
const secrets = createRoute({
  getParentRoute: () => admin,
  path: '/secrets',
  validateSearch: validateAdminSearch,
  component: lazyRouteComponent(() => import('~/screens/admin/secrets-page')),
});
const workspaces = createRoute({
  getParentRoute: () => admin,
  path: '/workspaces',
  validateSearch: validateAdminSearch,
  component: lazyRouteComponent(() => import('~/screens/admin/workspaces-page')),
});
const quotas = createRoute({
  getParentRoute: () => admin,
  path: '/quotas',
  validateSearch: validateAdminSearch,
  component: lazyRouteComponent(() => import('~/screens/admin/quotas-page')),
});
const webhooks = createRoute({
  getParentRoute: () => admin,
  path: '/webhooks',
  validateSearch: validateAdminSearch,
  component: lazyRouteComponent(() => import('~/screens/admin/webhooks-page')),
});
const audit = createRoute({
  getParentRoute: () => admin,
  path: '/audit',
  validateSearch: validateAdminSearch,
  component: lazyRouteComponent(() => import('~/screens/admin/audit-page')),
});
const settings = createRoute({
  getParentRoute: () => admin,
  path: '/settings',
  validateSearch: validateAdminSearch,
  component: lazyRouteComponent(() => import('~/screens/admin/settings-page')),
});
const about = createRoute({
  getParentRoute: () => admin,
  path: '/about',
  component: lazyRouteComponent(() => import('~/screens/admin/about-page')),
});

const routeTree = root.addChildren([
  welcome,
  inside.addChildren([
    ...[overview, catalog, definition, install, instances, instance, tools, connect, endpoint, agents, agent],
    ...[tasks, task, queues, pipelines, newPipeline, pipeline, editPipeline, run, compare, me],
    admin.addChildren([users, workspaces, keys, secrets, quotas, webhooks, audit, settings, about]),
  ]),
]);

export const router = createRouter({
  routeTree,
  basepath: `${BASE}/console`,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingComponent: ScreenSkeleton,
  defaultErrorComponent: BrokenScreen,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
