// A client that costs little: it shares the machine with what it measures.
import { Agent, request } from 'node:http';

const LIMIT_MS = 120_000;

export class HttpClient {
  #agent = new Agent({ keepAlive: true, maxSockets: 256 });

  constructor(port, headers = {}, host = '127.0.0.1') {
    this.port = port;
    this.host = host;
    this.headers = headers;
  }

  /** Answers {status, ms, body}; the body as text, to be read by whoever needs it. */
  send(method, path, body, headers = {}) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          host: this.host,
          port: this.port,
          method,
          path,
          agent: this.#agent,
          timeout: LIMIT_MS,
          headers: {
            ...this.headers,
            ...headers,
            ...(text === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
          },
        },
        (response) => {
          const chunks = [];
          response.on('data', (chunk) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () =>
            resolve({
              status: response.statusCode,
              ms: performance.now() - startedAt,
              headers: response.headers,
              body: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      asked.once('error', reject);
      asked.once('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer`)));
      asked.end(text);
    });
  }

  /** The parsed body of a successful answer. */
  async json(method, path, body) {
    const answer = await this.send(method, path, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path} answered ${answer.status}: ${answer.body.slice(0, 500)}`);
    return answer.body === '' ? undefined : JSON.parse(answer.body);
  }

  close() {
    this.#agent.destroy();
  }
}

/** Sends for a time, `atOnce` requests under way. Answers the time of each in ms, and how many there were per second. */
export async function drive(durationMs, atOnce, send) {
  const times = [];
  const startedAt = performance.now();
  const worker = async () => {
    while (performance.now() - startedAt < durationMs) times.push(await send());
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { times, rate: (times.length / (performance.now() - startedAt)) * 1000 };
}
