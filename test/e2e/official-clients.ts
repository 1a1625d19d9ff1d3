import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Client as ClientOfTwo,
  StreamableHTTPClientTransport as TransportOfTwo,
} from '@modelcontextprotocol/client';
import { Client as ClientOfOne } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as TransportOfOne } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { type ConformanceTool } from '../conformance/tool';

export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, string | number>>;
}

export interface Visit {
  readonly tools: readonly string[];
  /** What each call was answered, as JSON. */
  readonly answers: readonly string[];
}

/** A client that somebody else wrote: lists the tools at an address and makes the calls. */
export type OfficialClient = (url: string, key: string, calls: readonly ToolCall[]) => Promise<Visit>;

const ABOUT_US = { name: 'quayside-tests', version: '1.0.0' };
const INSPECTOR_LIMIT_MS = 120_000;

const headersWith = (key: string) => ({ requestInit: { headers: { authorization: `Bearer ${key}` } } });

interface Connected {
  listTools(): Promise<{ tools: readonly { name: string }[] }>;
  callTool(call: { name: string; arguments: Record<string, unknown> }): Promise<unknown>;
  close(): Promise<void>;
}

async function visit(client: Connected, calls: readonly ToolCall[]): Promise<Visit> {
  try {
    const { tools } = await client.listTools();
    const answers: string[] = [];
    for (const { name, arguments: given } of calls)
      answers.push(JSON.stringify(await client.callTool({ name, arguments: { ...given } })));
    return { tools: tools.map(({ name }) => name), answers };
  } finally {
    await client.close();
  }
}

/** `@modelcontextprotocol/sdk` 1.x, which knows the older era only. */
export const sdkOne: OfficialClient = async (url, key, calls) => {
  const client = new ClientOfOne(ABOUT_US);
  await client.connect(new TransportOfOne(new URL(url), headersWith(key)));
  return visit(client, calls);
};

const two =
  (mode: 'legacy' | 'auto'): OfficialClient =>
  async (url, key, calls) => {
    const client = new ClientOfTwo(ABOUT_US, { versionNegotiation: { mode } });
    await client.connect(new TransportOfTwo(new URL(url), headersWith(key)));
    if (mode === 'auto') expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
    return visit(client, calls);
  };
/** `@modelcontextprotocol/client` 2.x as an older client, and as a newer one. */
export const sdkTwoOlder = two('legacy');
export const sdkTwoNewer = two('auto');

/** The command line of the official inspector: a process for the list and one for each call, all at once. */
export const inspector =
  (tool: ConformanceTool): OfficialClient =>
  async (url, key, calls) => {
    const home = mkdtempSync(join(tmpdir(), 'quayside-inspector-'));
    const target = [url, ...['--transport', 'http', '--header', `Authorization: Bearer ${key}`, '--method']];
    const ask = (...args: string[]) => run(tool, home, [...target, ...args]);
    try {
      const [listed, ...answers] = await Promise.all([
        ask('tools/list'),
        ...calls.map(({ name, arguments: given }) => {
          const pairs = Object.entries(given).map(([key, value]) => `${key}=${String(value)}`);
          return ask('tools/call', '--tool-name', name, ...pairs.flatMap((pair) => ['--tool-arg', pair]));
        }),
      ]);
      const { tools } = JSON.parse(listed) as { tools: readonly { name: string }[] };
      return { tools: tools.map(({ name }) => name), answers };
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  };

function run({ node, inspector: program }: ConformanceTool, home: string, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: home };
    execFile(
      node,
      [program, '--cli', ...args],
      { env, timeout: INSPECTOR_LIMIT_MS },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(new Error(`the inspector failed: ${stderr || error.message}\n${stdout}`));
      },
    );
  });
}
