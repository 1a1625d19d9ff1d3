import createFetchClient, { type Middleware } from 'openapi-fetch';
import createQueryClient from 'openapi-react-query';
import { BASE } from '~/security';
import { askedEarly } from './early';
import { sessionEnded } from './session-events';
import { noteSnapshot } from './snapshots';
import { type paths } from './schema.gen';

/** Nothing waits longer than this for an answer; what may take longer (log streams) does not go through here. */
const TIMEOUT_MS = 65_000;

const UNAUTHENTICATED = 401;

const household: Middleware = {
  onResponse({ response, schemaPath }) {
    noteSnapshot(response);
    // Signing in may be refused without anybody's session having ended.
    if (response.status === UNAUTHENTICATED && schemaPath !== '/api/v1/auth/session') sessionEnded();
    return undefined;
  },
};

const ask = (request: Request): Promise<Response> =>
  fetch(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(TIMEOUT_MS)]) });

/** The documented API with the session's cookie; `rest.GET('/api/v1/…')` answers `{data, error, response}`. */
export const rest = createFetchClient<paths>({
  baseUrl: BASE === '' ? window.location.origin : window.location.origin + BASE,
  credentials: 'same-origin',
  fetch: async (request) => (await askedEarly(request)) ?? ask(request),
});
rest.use(household);

/** `api.useQuery('get', '/api/v1/…', init)`, `api.useMutation('post', …)`: typed by the committed OpenAPI document. */
export const api = createQueryClient(rest);
