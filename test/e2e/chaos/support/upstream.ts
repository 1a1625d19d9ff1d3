import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { ECHO } from '../../../../src/bundled/echo';
import { serveHttp } from '../../../../src/bundled/program-transports';

export interface Upstream {
  readonly url: string;
  stop(): Promise<void>;
}

/** A remote MCP server that is always there: instances of it cost no process, so a load may have many. */
export async function startUpstream(): Promise<Upstream> {
  const server = await serveHttp(ECHO, 0, '127.0.0.1');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}/mcp`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
