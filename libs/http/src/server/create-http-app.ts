import { type RequestListener } from 'node:http';
import {
  type DynamicModule,
  type INestApplicationContext,
  type LoggerService,
  type Type,
  VersioningType,
} from '@nestjs/common';
import { Database } from '@app/database';
import { Keyring } from '@app/security';
import { type Metrics } from '@app/telemetry';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { assertRoutesClaimed } from '../access/assert-routes-claimed';
import { ETagInterceptor } from '../etag/etag.interceptor';
import { IdempotencyStore } from '../idempotency/idempotency-store';
import { IdempotencyInterceptor } from '../idempotency/idempotency.interceptor';
import { LinkInterceptor } from '../lists/link.interceptor';
import { ProblemDetailsFilter } from '../problems/problem-details.filter';
import { RequestValidationPipe } from '../validation/request-validation.pipe';
import { StrictQueryInterceptor } from '../validation/strict-query.interceptor';
import { canonicalUrl, PATH_ALIASES, type PathAlias } from './aliases';
import { AllowedHosts } from './allowed-hosts';
import { acceptJsonOnly } from './json-body';
import { type OnAnswered } from './answered-request';
import { followersOf, tellAnswers } from './follow-answers';
import { Basement, keepHouse } from './mount-below';
import { keepHosts } from './open-to-pages';
import { openRequestScope, requestIdOf } from './request-scope';
import { addSameHeaders } from './security-headers';
import { endSilentConnections } from './silent-connections';
import { RouteTable } from './route-table';
import { answerClientError, answerFrameworkError } from './unroutable';

export interface HttpAppOptions {
  readonly logger: LoggerService;
  /** Sent as `Quayside-Version`. */
  readonly version: string;
  /** Addresses or CIDR blocks of proxies whose `X-Forwarded-For` is believed; none by default. */
  readonly trustedProxies?: readonly string[];
  readonly publicUrls?: readonly string[];
  readonly corsOrigins?: readonly string[];
  readonly bodyLimitBytes?: number;
  readonly aliases?: readonly PathAlias[];
  /** Paths outside of `/api`, in the router's syntax. */
  readonly unprefixed?: readonly string[];
  /** Where requests are counted; without it they are not. */
  readonly metrics?: Metrics;
  /** Off for processes without a database; then the header is ignored. */
  readonly idempotency?: boolean;
}

export const DEFAULT_BODY_LIMIT_BYTES = 1_024 * 1_024;
const MAX_HEADER_BYTES = 16 * 1_024;
const HEADERS_TIMEOUT_MS = 10_000;
/** For the whole of a request to arrive; answers may take longer. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Longer than balancers keep theirs, so that they are the ones who close. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;
const SERVER = {
  maxHeaderSize: MAX_HEADER_BYTES,
  headersTimeout: HEADERS_TIMEOUT_MS,
  requestTimeout: REQUEST_TIMEOUT_MS,
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
} as const;
const MAX_CONNECTIONS = 10_000;
const MAX_PARAM_CHARACTERS = 512;
const UNPREFIXED = ['health', 'health/*path', 'metrics', 'v0.1/*path', '.well-known/*path'] as const;

const routeTables = new WeakMap<object, RouteTable>();

/** Nest on Fastify with the house rules of every surface: one shape of errors, strict input, closed doors. */
export async function createHttpApp(
  module: Type | DynamicModule,
  options: HttpAppOptions,
): Promise<NestFastifyApplication> {
  const routes = new RouteTable();
  const { version, publicUrls = [], corsOrigins = [], trustedProxies = [] } = options;
  const hosts = new AllowedHosts({ publicUrls, corsOrigins });
  const basement = new Basement();
  const onAnswered = followersOf(options.metrics);
  const adapter = makeAdapter(options, { routes, hosts, basement, onAnswered });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: options.logger,
    bodyParser: false,
    abortOnError: false,
  });
  assertRoutesClaimed(app);
  routeTables.set(app, routes);
  const headers = ['quayside-version', version, ...(await addSecurityHeaders(app, options))];
  keepHouse(app, {
    basement,
    rules: { hosts, version, trustedProxies, corsOrigins, headers, onAnswered },
  });
  app.setGlobalPrefix('api', { exclude: [...(options.unprefixed ?? UNPREFIXED)] });
  app.enableVersioning({ type: VersioningType.URI });
  app.useGlobalFilters(new ProblemDetailsFilter(routes));
  app.useGlobalPipes(new RequestValidationPipe());
  // In this order: what is refused must not claim a key, and what a key keeps must carry its ETag.
  app.useGlobalInterceptors(
    new StrictQueryInterceptor(),
    ...(options.idempotency === false ? [] : [idempotencyOf(app)]),
    new LinkInterceptor(),
    new ETagInterceptor(),
  );
  app.getHttpServer().maxConnections = MAX_CONNECTIONS;
  return app;
}

/** All routes of the running server, for tests that look for unclaimed ones. */
export const routesOf = (app: NestFastifyApplication): RouteTable => {
  const routes = routeTables.get(app);
  if (routes === undefined) throw new Error('The application was not made by createHttpApp.');
  return routes;
};

interface Parts {
  readonly routes: RouteTable;
  readonly hosts: AllowedHosts;
  readonly basement: Basement;
  readonly onAnswered: OnAnswered;
}

function makeAdapter(
  options: HttpAppOptions,
  { routes, hosts, basement, onAnswered }: Parts,
): FastifyAdapter {
  const { trustedProxies = [], aliases = PATH_ALIASES, version } = options;
  const adapter = new FastifyAdapter({
    bodyLimit: options.bodyLimitBytes ?? DEFAULT_BODY_LIMIT_BYTES,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    genReqId: requestIdOf,
    requestIdHeader: false,
    rewriteUrl: ({ url = '/' }) => canonicalUrl(url, aliases),
    serverFactory: (handler: RequestListener) => basement.serve(SERVER, handler),
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAM_CHARACTERS },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  });
  const fastify = adapter.getInstance();
  routes.watch(fastify);
  tellAnswers(fastify, onAnswered);
  openRequestScope(fastify, { hosts, version });
  keepHosts(fastify, hosts);
  acceptJsonOnly(fastify);
  endSilentConnections(fastify);
  return adapter;
}

/** Tells them, names and values by turns. */
async function addSecurityHeaders(
  app: NestFastifyApplication,
  options: HttpAppOptions,
): Promise<readonly string[]> {
  const { publicUrls = [], corsOrigins = [] } = options;
  const isHttps = publicUrls.some((url) => url.startsWith('https://'));
  const headers = await addSameHeaders(app.getHttpAdapter().getInstance(), {
    // Answers of an API are no pages: nothing may be loaded for them, nobody may frame them.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
    },
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
    hsts: isHttps,
  });
  if (corsOrigins.length > 0) {
    app.enableCors({
      origin: [...corsOrigins],
      exposedHeaders: ['ETag', 'Link', 'Location', 'X-Request-Id'],
    });
  }
  return headers;
}

function idempotencyOf(app: INestApplicationContext): IdempotencyInterceptor {
  const database = app.get(Database, { strict: false });
  const keyring = app.get(Keyring, { strict: false });
  return new IdempotencyInterceptor(new IdempotencyStore(database, keyring));
}
