// What the provisioner asks an engine for, and nothing else. Whoever takes the provisioner over gets the containers of our
// instances, not the machine: no mount but files of secrets, no power, no network of the host, nobody else's container.
export const INSTANCE_LABEL = 'quayside.instance';

const ID = '[A-Za-z0-9][A-Za-z0-9_.-]{0,127}';
const IMAGE = '[A-Za-z0-9][A-Za-z0-9_.:@/-]{0,511}';
const OWN_MOUNT = /^\/dev\/shm\/quayside-[A-Za-z0-9_-]+(\/[A-Za-z0-9_-][A-Za-z0-9_.-]*)+$/;
const OWN_NETWORK = /^(none|[0-9a-f]{64})$/;
const MAY_BE_OPTION = new Set(['com.docker.network.bridge.name', 'com.docker.network.bridge.enable_icc']);

/** `owned`: the thing that is named must carry our label. `body`: the check of what is sent. `query`: the one of the query. */
const RULES = [
  { method: 'GET', path: /^\/(_ping|version|info|events|networks)$/ },
  { method: 'HEAD', path: /^\/_ping$/ },
  { method: 'GET', path: /^\/containers\/json$/, query: asksForOwn },
  { method: 'GET', path: new RegExp(`^/containers/(${ID})/(json|logs|stats)$`), owned: 'containers' },
  { method: 'POST', path: new RegExp(`^/containers/(${ID})/(start|stop|attach)$`), owned: 'containers' },
  { method: 'DELETE', path: new RegExp(`^/containers/(${ID})$`), owned: 'containers' },
  { method: 'POST', path: /^\/containers\/create$/, body: problemOfContainer },
  { method: 'GET', path: new RegExp(`^/networks/(${ID})$`), owned: 'networks' },
  { method: 'DELETE', path: new RegExp(`^/networks/(${ID})$`), owned: 'networks' },
  { method: 'POST', path: /^\/networks\/create$/, body: problemOfNetwork },
  { method: 'GET', path: new RegExp(`^/(images|distribution)/${IMAGE}/json$`) },
  // A pull; what is imported from an archive has no registry behind it.
  {
    method: 'POST',
    path: /^\/images\/create$/,
    query: (query) => query.has('fromImage') && !query.has('fromSrc'),
  },
];

/** The rule for a request, with the name of what it is about; undefined: nobody may ask that. */
export function ruleFor(method, target) {
  const { pathname, searchParams } = new URL(target, 'http://engine');
  // Written otherwise than it is read, a path could mean one thing here and another one there.
  if (pathname !== target.split('?')[0] || /%|\/\/|\/\.\.?(\/|$)/.test(pathname)) return undefined;
  // No version before it either: an old one may mean something else by the same words.
  for (const rule of RULES) {
    const match = rule.method === method ? rule.path.exec(pathname) : null;
    if (match !== null) return rule.query?.(searchParams) === false ? undefined : { ...rule, name: match[1] };
  }
  return undefined;
}

function asksForOwn(query) {
  const { label } = parsed(query.get('filters'));
  const labels = Array.isArray(label) ? label : Object.keys(label ?? {});
  return labels.some((one) => one.startsWith('quayside.'));
}

function parsed(text) {
  try {
    return JSON.parse(text ?? '{}') ?? {};
  } catch {
    return {};
  }
}

const any = () => true;
const isEmpty = (value) => value === null || value === undefined || Object.keys(value).length === 0;
const isFalse = (value) => value === false || value === undefined;
const hasOwnLabel = (labels) => typeof labels?.[INSTANCE_LABEL] === 'string';

/** A key that is not here is refused, in whatever case it is written: the engine would read it. */
const CONTAINER_KEYS = {
  ...{ name: any, Image: any, Cmd: any, Entrypoint: any, Env: any, Healthcheck: any },
  ...{ Tty: any, OpenStdin: any, StdinOnce: any },
  User: (user) => /^[1-9]\d{0,9}:[1-9]\d{0,9}$/.test(user),
  Labels: hasOwnLabel,
  HostConfig: (config) => problemOf(config, HOST_KEYS),
};
const HOST_KEYS = {
  ...{ Memory: any, MemorySwap: any, NanoCpus: any, PidsLimit: any, ShmSize: any, Ulimits: any },
  ...{ Tmpfs: any, Dns: any, DnsSearch: any, DnsOptions: any, RestartPolicy: any, LogConfig: any },
  ...{ Init: any, Runtime: any, OomKillDisable: isFalse, Privileged: isFalse, PublishAllPorts: isFalse },
  ...{ CapAdd: isEmpty, Binds: isEmpty, PortBindings: isEmpty },
  ReadonlyRootfs: (value) => value === true,
  CapDrop: (value) => Array.isArray(value) && value.includes('ALL'),
  SecurityOpt: (value) => Array.isArray(value) && value.length === 1 && value[0] === 'no-new-privileges:true',
  IpcMode: (value) => value === 'private',
  NetworkMode: (value) => OWN_NETWORK.test(value),
  Mounts: (value) => Array.isArray(value) && value.every(isOwnMount),
};
/** Left out, these are weaker than what is asked for. */
const HOST_NEEDED = ['ReadonlyRootfs', 'CapDrop', 'SecurityOpt', 'IpcMode', 'NetworkMode'];
const NETWORK_KEYS = {
  ...{ Name: any, CheckDuplicate: any, EnableIPv6: isFalse, IPAM: any },
  Driver: (value) => value === 'bridge',
  Internal: (value) => value === true,
  Labels: hasOwnLabel,
  Options: (options) => Object.keys(options ?? {}).every((name) => MAY_BE_OPTION.has(name)),
};

const isOwnMount = ({ Type, Source, Target, ReadOnly, ...rest }) =>
  Type === 'bind' &&
  ReadOnly === true &&
  OWN_MOUNT.test(Source) &&
  typeof Target === 'string' &&
  isEmpty(rest);

function problemOfContainer(body) {
  const missing = [
    ...['User', 'Labels', 'HostConfig'].filter((key) => !(key in body)),
    ...HOST_NEEDED.filter((key) => !(key in (body.HostConfig ?? {}))),
  ];
  return missing.length > 0 ? `${missing[0]} is missing` : problemOf(body, CONTAINER_KEYS);
}

function problemOfNetwork(body) {
  const missing = ['Driver', 'Internal', 'Labels'].filter((key) => !(key in body));
  return missing.length > 0 ? `${missing[0]} is missing` : problemOf(body, NETWORK_KEYS);
}

/** What is wrong with a value, in words; undefined: nothing. A check answers true, false or the words themselves. */
function problemOf(value, keys) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'it is not an object';
  for (const [key, part] of Object.entries(value)) {
    if (!Object.hasOwn(keys, key)) return `${key} is not ours to set`;
    const answer = keys[key](part);
    if (answer === false) return `${key} may not be ${JSON.stringify(part)?.slice(0, 100)}`;
    if (typeof answer === 'string') return answer;
  }
  return undefined;
}
