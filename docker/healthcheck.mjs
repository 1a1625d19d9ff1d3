// For the engine: does the process live? Not: is it ready? A container that is restarted because its database is away
// would only make an outage longer.
const LIMIT_MS = 4_000;
const { SERVER_HOST = '127.0.0.1', SERVER_PORT = '8080' } = process.env;
const everywhere = ['0.0.0.0', '::'].includes(SERVER_HOST);
const host = everywhere ? '127.0.0.1' : SERVER_HOST.includes(':') ? `[${SERVER_HOST}]` : SERVER_HOST;

try {
  const { ok } = await fetch(`http://${host}:${SERVER_PORT}/health/live`, {
    signal: AbortSignal.timeout(LIMIT_MS),
  });
  process.exit(ok ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
