import { type FastifyInstance } from 'fastify';

interface KnownRoute {
  readonly methods: readonly string[];
  readonly pattern: RegExp;
}

/** A route for whatever there is (CORS answers OPTIONS so) does not make a path exist. */
const CATCH_ALL: ReadonlySet<string> = new Set(['*', '/*']);

/** All routes of the server, whoever registered them: for 405, and for tests that look for routes nobody claims. */
export class RouteTable {
  private readonly routes = new Map<string, { methods: Set<string>; pattern: RegExp }>();

  /** Must be called before the first route is registered. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url }) => {
      const route = this.routes.get(url) ?? { methods: new Set<string>(), pattern: patternOf(url) };
      for (const one of [method].flat()) route.methods.add(one);
      this.routes.set(url, route);
    });
  }

  /** The methods that a path knows; none when there is nothing. */
  methodsOf(url: string): readonly string[] {
    const path = url.split('?')[0] ?? '';
    const methods = this.list().filter(({ pattern }) => pattern.test(path));
    return [...new Set(methods.flatMap((route) => route.methods))].sort();
  }

  /** `[method, path pattern]` of each route. */
  entries(): readonly (readonly [string, string])[] {
    return [...this.routes].flatMap(([url, { methods }]) =>
      [...methods].map((method) => [method, url] as const),
    );
  }

  private list(): readonly KnownRoute[] {
    return [...this.routes]
      .filter(([url]) => !CATCH_ALL.has(url))
      .map(([, { methods, pattern }]) => ({ methods: [...methods], pattern }));
  }
}

/** `:name` is one segment, `*` the rest; everything else stands for itself. */
function patternOf(url: string): RegExp {
  const source = url
    .split('/')
    .map((segment) => segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z_]\w*/g, '[^/]+'))
    .join('/')
    .replaceAll('\\*', '.*');
  return new RegExp(`^${source}$`);
}
