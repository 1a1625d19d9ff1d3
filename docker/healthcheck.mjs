// For the engine: does the process live? Not: is it ready? A container that is restarted because its database is away
// would only make an outage longer.
import { get } from 'node:http';

const LIMIT_MS = 8_000;
const { SERVER_HOST = '127.0.0.1', SERVER_PORT = '8080' } = process.env;
const host = SERVER_HOST.replace(/^0\.0\.0\.0$/, '127.0.0.1').replace(/^::$/, '::1');

const end = (problem) => {
  if (problem !== undefined) console.error(problem);
  process.exit(problem === undefined ? 0 : 1);
};
get({ host, port: SERVER_PORT, path: '/health/live', timeout: LIMIT_MS }, ({ statusCode }) =>
  end(statusCode === 200 ? undefined : `it answered ${statusCode}`),
)
  .once('timeout', () => end(`it did not answer within ${LIMIT_MS} ms`))
  .once('error', ({ message }) => end(message));
