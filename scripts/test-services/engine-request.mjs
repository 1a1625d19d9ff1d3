import { request } from 'node:http';

/** One request to an engine at its socket; fails with the engine's words. `body` may be an object, a Buffer or a stream. */
export function engineRequest(
  socketPath,
  method,
  path,
  { body, contentType = 'application/json', timeoutMs = 60_000 } = {},
) {
  return new Promise((resolve, reject) => {
    const isStream = typeof body?.pipe === 'function';
    const payload = body === undefined || isStream || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const headers = payload === undefined ? {} : { 'Content-Type': contentType };
    const call = request({ socketPath, method, path, headers, timeout: timeoutMs }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const answer = parsed(text);
        if (response.statusCode < 400) resolve({ status: response.statusCode, body: answer, text });
        else
          reject(
            Object.assign(new Error(`${method} ${path.split('?')[0]}: ${answer?.message ?? text}`), {
              status: response.statusCode,
            }),
          );
      });
    });
    call.on('timeout', () =>
      call.destroy(new Error(`${method} ${path.split('?')[0]}: no answer within ${timeoutMs} ms`)),
    );
    call.on('error', reject);
    if (isStream) body.on('error', (error) => call.destroy(error)).pipe(call);
    else call.end(payload);
  });
}

/** Some answers are plain text, some are one JSON value per line; those stay text. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
