import { type OutboundHandler, type OutboundRequest, type OutboundTarget } from '../outbound-request';
import { requestHead } from './request-bytes';
import { type PoolOptions, WirePool } from './wire-pool';
import { WireFault } from './wire-fault';
import { WireRequest } from './wire-request';

const SWEEP_EVERY_MS = 500;
const HTTP_PORT = 80;

/**
 * HTTP/1.1 without TLS, to servers that we reach ourselves: what a general client does for each request beyond the bytes is a
 * good part of what a relayed call costs. Errors carry the codes of that client, so that nobody has to know two sets.
 */
export class Wire {
  private readonly pools = new Map<string, WirePool>();
  private sweeping: NodeJS.Timeout | undefined = undefined;
  private isClosed = false;

  constructor(private readonly options: PoolOptions) {}

  dispatch(target: OutboundTarget, request: OutboundRequest, handler: OutboundHandler): void {
    let head: string;
    try {
      head = requestHead(target, request);
    } catch (error) {
      new WireRequest('', null, handler).fail(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    const sent = new WireRequest(head, request.body, handler);
    if (this.isClosed) sent.fail(new WireFault('UND_ERR_DESTROYED', 'closed'));
    else this.poolOf(target.origin).send(sent);
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.sweeping);
    for (const pool of this.pools.values()) pool.close();
    this.pools.clear();
  }

  private poolOf(origin: string): WirePool {
    const known = this.pools.get(origin);
    if (known !== undefined) return known;
    const { hostname, port } = new URL(origin);
    const address = {
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? HTTP_PORT : Number(port),
    };
    const pool = new WirePool(address, this.options);
    this.pools.set(origin, pool);
    this.sweeping ??= setInterval(() => {
      this.sweep();
    }, SWEEP_EVERY_MS).unref();
    return pool;
  }

  private sweep(): void {
    const nowMs = performance.now();
    for (const [origin, pool] of this.pools) {
      pool.sweep(nowMs);
      if (pool.isEmpty) this.pools.delete(origin);
    }
    if (this.pools.size > 0) return;
    clearInterval(this.sweeping);
    this.sweeping = undefined;
  }
}
