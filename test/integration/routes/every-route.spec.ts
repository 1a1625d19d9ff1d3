import { eventually } from '@app/testing';
import { Everything } from '../gateway/everything';
import { CASES, NOTHING_BEFORE, OF_A_SESSION, READS_ONLY } from './audited-cases';
import { SAID_BY_AGENTS } from './audited-tasks';
import { type Route, ROUTES, Served } from './served';

/**
 * Open to everybody: health without details, ways to sign in, the card of the installation, and documents that are the same
 * everywhere. Nothing else is.
 */
const OPEN_OPERATIONS = [
  ...[
    'createFirstAdmin',
    'getControlPlaneCard',
    'getHealth',
    'getLiveness',
    'getReadiness',
    'getStartup',
    'issueToken',
  ],
  ...[
    'refreshToken',
    'startSession',
    'getSession',
    'listSignInIssuers',
    'startOidcSignIn',
    'finishOidcSignIn',
  ],
];
const OPEN_DOCUMENT =
  /^GET \/($|console(\/\*)?$|docs($|[/-])|openapi\.(json|yaml)$|problems\/\{code\}$|asyncapi\.json$|llms(-full)?\.txt$|schemas\/events\/\{file\}$)/;

const claimed = ROUTES.filter(({ permissions }) => permissions.length > 0);
const changing = claimed.filter(
  ({ method, operation }) =>
    method !== 'GET' &&
    !READS_ONLY.has(operation) &&
    !OF_A_SESSION.has(operation) &&
    !SAID_BY_AGENTS.has(operation),
);
/** Held by everybody who is somebody. */
const isAlwaysHeld = ({ permissions }: Route): boolean => permissions.every((one) => one.startsWith('me:'));
const pathOf = ({ path }: Route): string => path.replaceAll(/\{\w+\}/g, 'nothing-like-it');

describe('every route', () => {
  let served: Served;
  const everything = new Everything();

  beforeAll(async () => {
    [served] = await Promise.all([Served.start(), everything.start()]);
  }, 180_000);
  afterAll(async () => {
    await (served as Served | undefined)?.stop();
    await everything.end();
  });

  it.each(['api', 'gateway'] as const)(
    'of %s is on the page of permissions, or is an open document',
    (role) => {
      const listed = ROUTES.filter(({ roles }) => roles.includes(role)).map(
        ({ method, path }) => `${method} ${path}`,
      );
      const known = served.routes(role).filter((route) => !OPEN_DOCUMENT.test(route));
      expect([...known].sort()).toEqual([...listed].sort());
    },
  );

  it('asks for a permission, health, the card and sign-in apart', () => {
    const open = ROUTES.filter(({ permissions }) => permissions.length === 0).map(
      ({ operation }) => operation,
    );
    expect(open.sort()).toEqual([...OPEN_OPERATIONS].sort());
  });

  it('knows nobody without a key', async () => {
    for (const route of claimed) {
      const answer = await served.request(route, pathOf(route));
      expect([route.operation, answer.status, answer.body['code']]).toEqual([
        route.operation,
        401,
        'unauthenticated',
      ]);
    }
  });

  it('is closed to a key without the permission, and the trail says so', async () => {
    const weak = await served.weakKey();
    for (const route of claimed.filter((one) => !isAlwaysHeld(one))) {
      // A process writes a few denials per second and only counts the others: the next try has its own row.
      await eventually(
        async () => {
          const answer = await served.request(route, pathOf(route), { key: weak.key });
          expect([route.operation, answer.status, answer.body['code']]).toEqual([
            route.operation,
            403,
            'permission_denied',
          ]);
          expect(await served.trail('request_id = $1', answer.requestId)).toEqual([
            { action: 'request.denied', outcome: 'denied' },
          ]);
        },
        { deadlineMs: 60_000, everyMs: 300 },
      );
    }
  }, 300_000);

  /** Whether the row says what was found, or what was left. */
  async function showsChange(requestId: string, action: string): Promise<boolean> {
    const rows = await served.trail(
      'request_id = $1 AND action = $2 AND coalesce(before, after) IS NOT NULL',
      ...[requestId, action],
    );
    return rows.length === 1;
  }

  it('that changes something has a case below', () => {
    expect(CASES.map(({ operation }) => operation).sort()).toEqual(
      changing.map(({ operation }) => operation).sort(),
    );
  });

  /** What the request left, apart from what was done on the way; all of it by whoever asked. */
  async function ownRows(requestId: string, also: readonly string[]): Promise<readonly object[]> {
    const rows = await served.trail('request_id = $1', requestId);
    const mine = await served.trail(`request_id = $1 AND actor = 'key:bootstrap'`, requestId);
    expect(mine).toHaveLength(rows.length);
    for (const action of also) expect(rows.filter((one) => one.action === action)).toHaveLength(1);
    return rows.filter((one) => !also.includes(one.action));
  }

  it('that changes something leaves one row in the trail, with who and what', async () => {
    const made = new Map([['upstream', everything.url]]);
    for (const { operation, prepare, path, body, action, also = [] } of CASES) {
      const route = changing.find((one) => one.operation === operation);
      if (route === undefined) throw new Error(`There is no route for ${operation}.`);
      await prepare?.(served.database.db, made);
      const url = path === undefined ? route.path : path(made);
      const sent = body?.(made);
      const answer = await served.request(route, url, { key: served.key, body: sent });
      expect([operation, Math.floor(answer.status / 100), answer.body]).toEqual([operation, 2, answer.body]);
      if (typeof answer.body['id'] === 'string') made.set(operation, answer.body['id']);
      expect([operation, await ownRows(answer.requestId, also)]).toEqual([
        operation,
        [{ action, outcome: 'succeeded' }],
      ]);
      expect([operation, await showsChange(answer.requestId, action)]).toEqual([
        ...[operation, !NOTHING_BEFORE.has(operation)],
      ]);
      const spoken = JSON.stringify([url, sent, answer.body, [...made.values()], 'bootstrap']);
      const resource = await served.resourceOf(answer.requestId, action);
      // The row names what the request named or was told of; these three know the instance by its name.
      if (!['callTool', 'createContainer', 'deleteContainer'].includes(operation))
        expect([operation, resource, spoken.includes(resource.split(/[:/]/).at(-1) ?? '')]).toEqual([
          operation,
          resource,
          true,
        ]);
    }
  }, 180_000);
});
