import { type Found, type FoundRun, type FoundServer } from '../domain/found-server';
import { nameFromSource } from './slug';

type Runner = 'npx' | 'uvx';

/** What ships with us under another name elsewhere. */
const BUNDLED: Readonly<Record<string, string>> = {
  '@modelcontextprotocol/server-everything': 'everything',
  '@modelcontextprotocol/server-filesystem': 'filesystem',
  '@modelcontextprotocol/server-memory': 'memory',
};
/** Reference servers are published as images, too; the same program, and nothing to download at start. */
const IMAGES: readonly (readonly [pattern: RegExp, prefix: string])[] = [
  [/^@modelcontextprotocol\/server-([a-z0-9-]{1,50})$/, 'mcp/'],
  [/^mcp-server-(fetch|git|time|sqlite)$/, 'mcp/'],
];
const RUNNER_IMAGES: Readonly<Record<Runner, string>> = {
  npx: 'node:22-alpine',
  uvx: 'ghcr.io/astral-sh/uv:python3.13-alpine',
};
const NPM =
  /^((?:@[a-z0-9][a-z0-9._-]{0,99}\/)?[a-z0-9][a-z0-9._-]{0,149})(?:@([A-Za-z0-9][A-Za-z0-9._+-]{0,63}))?$/;
const PYPI =
  /^([A-Za-z0-9][A-Za-z0-9._-]{0,149})(?:\[[a-z0-9,._-]{1,60}\])?(?:(?:==|@)([A-Za-z0-9][A-Za-z0-9._+-]{0,63}))?$/;
const HEADER = /^([A-Za-z0-9-]{1,128}):\s*(.*)$/s;

/** A package as a client's configuration starts it. No package is ever downloaded or run on this host. */
export function readPackage(runner: Runner, args: readonly string[]): Found {
  const words = withoutOwnOptions(args);
  const [spec = ''] = words;
  const [, name, version] = (runner === 'npx' ? NPM : PYPI).exec(spec) ?? [];
  if (name === undefined)
    return { name: nameFromSource(spec), refusal: `"${spec.slice(0, 60)}" is no name of a package.` };
  if (name === 'mcp-remote') return readRemote(words.slice(1));
  const rest = words.slice(1);
  const pinned = version === undefined || version === 'latest' ? '' : version;
  return {
    ...{ name: nameFromSource(name), description: '', environment: {}, declared: [] },
    version: pinned,
    ...packageRun(runner, { name, spec, rest }),
  };
}

/** `-y`, `--yes`, `-p pkg`, `--from pkg`: of the runner, before the package. */
function withoutOwnOptions(args: readonly string[]): readonly string[] {
  let at = 0;
  while (args[at]?.startsWith('-') === true) {
    const option = args[at] ?? '';
    // What is run is then a program of that package; the package is what matters here.
    if (/^(?:-p|--package|--from)$/.test(option)) return [args[at + 1] ?? '', ...args.slice(at + 3)];
    const named = /^--(?:package|from)=(.+)$/.exec(option)?.[1];
    if (named !== undefined) return [named, ...args.slice(at + 2)];
    at += /^--(?:python|with)$/.test(option) ? 2 : 1;
  }
  return args.slice(at);
}

interface Package {
  readonly name: string;
  readonly spec: string;
  readonly rest: readonly string[];
}

function packageRun(runner: Runner, { name, spec, rest }: Package): Pick<FoundServer, 'run' | 'warnings'> {
  const bundled = Object.hasOwn(BUNDLED, name) ? BUNDLED[name] : undefined;
  if (bundled !== undefined)
    return {
      run: { kind: 'bundled', program: bundled, args: rest },
      warnings: bundledWarnings(bundled, rest),
    };
  const image = imageOf(name);
  const common = { kind: 'image', transport: 'stdio', resources: {} } as const;
  if (image !== undefined)
    return {
      run: { ...common, image, command: rest },
      warnings: [`Run as the image ${image} of the same server: ${runner} is not run on this machine.`],
    };
  const command = runner === 'npx' ? ['npx', '-y', spec, ...rest] : ['uvx', spec, ...rest];
  return {
    run: { ...common, image: RUNNER_IMAGES[runner], command, draftBecause: noNetwork(runner) },
    warnings: [],
  };
}

const noNetwork = (runner: Runner): string =>
  `Kept as a draft: containers reach no network, so ${runner} cannot download the package at start. Give it an image that holds the package.`;

const bundledWarnings = (program: string, rest: readonly string[]): readonly string[] =>
  program === 'filesystem' && rest.length > 0
    ? ['Folders of another machine are not taken over: it gets a folder of its own.']
    : [];

function imageOf(name: string): string | undefined {
  for (const [pattern, prefix] of IMAGES) {
    const found = pattern.exec(name)?.[1];
    if (found !== undefined) return prefix + found;
  }
  return undefined;
}

/** `npx mcp-remote URL --header "Name: value"`: a bridge for clients without HTTP. The server behind it is what is meant. */
function readRemote(words: readonly string[]): Found {
  const url = words.find((word) => /^https?:\/\//i.test(word)) ?? '';
  const headers: Record<string, string> = {};
  words.forEach((word, at) => {
    const [, key, value] = word === '--header' ? (HEADER.exec(words[at + 1] ?? '') ?? []) : [];
    if (key !== undefined && value !== undefined) headers[key] = value;
  });
  return remoteServer(url, headers);
}

export function remoteServer(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  more: { readonly transport?: 'sse' | 'streamable-http' } = {},
): Found {
  if (!URL.canParse(url)) return { name: 'remote', refusal: `"${url.slice(0, 60)}" is no address.` };
  const run: FoundRun = { kind: 'remote', url, headers, ...more };
  const name = nameFromHost(new URL(url).hostname);
  return { name, description: '', version: '', run, environment: {}, declared: [], warnings: [] };
}

/** `mcp.example.com` is called `example`. */
function nameFromHost(host: string): string {
  const labels = host
    .replace(/^\[|\]$/g, '')
    .split('.')
    .filter((label) => !/^(?:mcp|api|www|server)$/.test(label));
  return nameFromSource(labels.length > 1 ? (labels.at(-2) ?? host) : (labels[0] ?? host));
}
