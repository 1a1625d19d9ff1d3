import { once } from 'node:events';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { freePort, eventually } from '@app/testing';
import { packageProgram } from '../../../src/bundled';
import { Started } from '../mcp/processes';

export type Verdict = 'pass' | 'break' | 'hang';
/** Judges a request by its headers and its JSON body; what it says happens before the server sees anything. */
export type Judge = (headers: IncomingMessage['headers'], message: { method?: string }) => Verdict;

/** The official demonstration server as a child, and relays before it that misbehave on demand. */
export class Everything {
  private readonly started = new Started();
  private port = 0;
  url = '';

  async start(): Promise<void> {
    this.port = await freePort();
    const program = packageProgram('@modelcontextprotocol/server-everything');
    this.started.child([program, 'streamableHttp'], { PORT: String(this.port) });
    this.url = `http://127.0.0.1:${this.port}/mcp`;
    await eventually(async () => {
      await fetch(this.url, { method: 'DELETE' });
    });
  }

  /** An address in front of it. */
  async relay(judge: Judge): Promise<string> {
    const base = await this.started.server((incoming, outgoing) => {
      void this.pass(incoming, outgoing, judge);
    });
    return `${base}/mcp`;
  }

  end(): Promise<void> {
    return this.started.end();
  }

  private async pass(incoming: IncomingMessage, outgoing: ServerResponse, judge: Judge): Promise<void> {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(incoming, 'end');
    const body = Buffer.concat(chunks);
    const verdict = judge(incoming.headers, body.length === 0 ? {} : (JSON.parse(body.toString()) as object));
    if (verdict === 'break') incoming.socket.destroy();
    if (verdict !== 'pass') return;
    const { method, headers } = incoming;
    const onward = request(this.url, { method, headers: { ...headers, host: `127.0.0.1:${this.port}` } });
    onward.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    onward.end(body);
  }
}
