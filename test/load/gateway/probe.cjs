// Preloaded into the gateway that is measured (NODE_OPTIONS=--require): says over HTTP what cannot be seen from outside.
'use strict';
const { writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const { Session } = require('node:inspector');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const { setFlagsFromString } = require('node:v8');
const { runInNewContext } = require('node:vm');

const RESOLUTION_MS = 5;
const NS_PER_MS = 1e6;
const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delays.enable();
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

const session = new Session();
session.connect();

/** `/profile` begins, `/profile?<file>` ends and writes. */
function profile(url, response) {
  const [, file] = url.split('?');
  if (file === undefined) {
    session.post('Profiler.enable');
    session.post('Profiler.start', () => response.end('{}'));
    return;
  }
  session.post('Profiler.stop', (_error, { profile: found }) => {
    writeFileSync(decodeURIComponent(file), JSON.stringify(found));
    response.end('{}');
  });
}

const server = createServer((request, response) => {
  if (request.url.startsWith('/profile')) return profile(request.url, response);
  // Twice: the first round only finds out what the second may take.
  if (request.url === '/collect') [collect, collect].forEach((each) => each());
  const handles = {};
  for (const name of process.getActiveResourcesInfo()) handles[name] = (handles[name] ?? 0) + 1;
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  // The timer of the measurement itself wakes at its resolution; what comes on top is delay.
  const delayMs = (percent) => Math.max(0, delays.percentile(percent) / NS_PER_MS - RESOLUTION_MS);
  response.end(
    JSON.stringify({
      rss,
      heapUsed,
      heapTotal,
      external,
      handles,
      delayP50Ms: delayMs(50),
      delayP99Ms: delayMs(99),
    }),
  );
  delays.reset();
});
const { QUAYSIDE_BENCH_PROBE: port } = process.env;
server.listen(Number(port), '127.0.0.1').unref();
