import { DEFAULT_WORKSPACE_ID } from '@app/kernel';
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { isScanFault, type McpEra, NEWER_VERSION, type ScannedMessage, scanRequest } from '@app/mcp';
import { Keyring } from '@app/security';
import { type Principal, systemScope } from '@app/telemetry';
import { type FaceStream } from '../../../../src/gateway/faces/face-request';
import { CallLedger, type CallRecord } from '../../../../src/gateway/records/call-record';
import { SessionIds } from '../../../../src/gateway/sessions/session-ids';
import { type TerminalFace } from '../../../../src/gateway/terminal/conversation';
import { McpFront } from '../../../../src/gateway/terminal/mcp-front';
import { ScriptedConversations } from './scripted-conversations';

class Ledger extends CallLedger {
  readonly records: CallRecord[] = [];

  override record(record: CallRecord): void {
    this.records.push(record);
  }
}

/** The fronts behind a door that lets everybody in by the name that they give. */
export class FrontServer {
  readonly conversations = new ScriptedConversations();
  readonly ledger = new Ledger();
  front: McpFront;
  private readonly keyring = Keyring.fromSetting(randomBytes(32).toString('base64'));
  private readonly server = createServer((request, response) => {
    void this.serve(request, response);
  });

  constructor() {
    this.front = this.newFront();
  }

  /** What another process, or this one after a restart, would have: the same keys and nothing else. */
  async restart(): Promise<void> {
    await this.front.beforeApplicationShutdown();
    this.front = this.newFront();
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/mcp`;
  }

  async stop(): Promise<void> {
    // Calls that wait for ever are given up with their connections, before anybody waits for them.
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.front.beforeApplicationShutdown();
  }

  private newFront(): McpFront {
    return new McpFront(this.conversations, new SessionIds(this.keyring), this.ledger, this.keyring);
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const stream = streamOf(request, response);
    if (request.method === 'GET') {
      this.front.stream(stream);
      return;
    }
    if (request.method === 'DELETE') {
      this.front.end(stream);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const scan = scanRequest(body);
    if (isScanFault(scan)) response.writeHead(400).end(JSON.stringify(scan));
    else await this.front.post({ ...stream, body, scan }, eraOf(request, scan));
  }
}

function streamOf(request: IncomingMessage, response: ServerResponse): FaceStream {
  const name = request.headers.authorization ?? 'nobody';
  const principal: Principal = {
    id: name,
    kind: 'key',
    name,
    role: 'operator',
    permissions: 'all',
    workspaceId: DEFAULT_WORKSPACE_ID,
  };
  const endpoint = request.url?.replace('/mcp', '').slice(1) ?? '';
  const content = { description: '', instances: [], tools: {}, prefix: 'auto' } as const;
  const face: TerminalFace =
    endpoint === '' ? { kind: 'all' } : { kind: 'endpoint', name: endpoint, content };
  return { face, principal, request, response, scope: systemScope('test') };
}

function eraOf({ headers }: IncomingMessage, { metaVersion }: ScannedMessage): McpEra {
  const version = headers['mcp-protocol-version'];
  const isNewer = typeof version === 'string' && version >= NEWER_VERSION;
  return isNewer || metaVersion !== undefined ? 'newer' : 'older';
}
