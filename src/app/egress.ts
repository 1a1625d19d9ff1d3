import { EgressPolicy } from '@app/security';
import { publicUrls } from './public-url';
import { type Settings } from './settings';

const LOOPBACK = /^(127\.|\[?::1\]?$|localhost$)/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = {
  'postgres:': '5432',
  'postgresql:': '5432',
  'redis:': '6379',
  'rediss:': '6379',
  'tcp:': '2375',
  'http:': '80',
  'https:': '443',
};

/** `localhost` and every loopback spelling are one place; the policy wants each named. */
function listenersAt(host: string, port: string): readonly string[] {
  const hosts =
    LOOPBACK.test(host) || host === '0.0.0.0' || host === '::'
      ? ['127.0.0.1', 'localhost', '[::1]', '127.0.0.0/8']
      : [host];
  return hosts.map((name) => `${name}:${port}`);
}

function storeAddress(url: string | undefined): readonly string[] {
  if (url === undefined || url.startsWith('unix:')) return [];
  const { protocol, hostname, port } = new URL(url);
  return listenersAt(hostname, port === '' ? (DEFAULT_PORTS[protocol] ?? '') : port);
}

export const isLoopback = (host: string): boolean => LOOPBACK.test(host);

/** What requests to other people's addresses may reach: never our own listeners, stores or engine. */
export function egressPolicy(settings: Readonly<Settings>): EgressPolicy {
  const { SERVER_HOST, SERVER_PORT, PROVISIONER_PORT, DATABASE_URL, REDIS_URL, DOCKER_HOST, EGRESS_ALLOW } =
    settings;
  const own = [String(SERVER_PORT), ...(PROVISIONER_PORT === 0 ? [] : [String(PROVISIONER_PORT)])];
  return new EgressPolicy({
    allow: EGRESS_ALLOW?.split(',').filter((entry) => entry !== '') ?? [],
    deny: [
      ...own.flatMap((port) => listenersAt(SERVER_HOST, port)),
      ...storeAddress(DATABASE_URL),
      ...storeAddress(REDIS_URL),
      ...storeAddress(DOCKER_HOST),
    ],
    // Behind a proxy that others reach, loopback is not the user's own machine any more.
    localMode:
      isLoopback(SERVER_HOST) && publicUrls(settings).every((url) => isLoopback(new URL(url).hostname)),
  });
}
