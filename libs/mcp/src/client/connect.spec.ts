import { McpProtocolError } from '../errors';
import { connectMcp } from './connect';

describe('connectMcp', () => {
  it.each(['ws://mcp.example.com/mcp', 'WSS://mcp.example.com/mcp'])(
    'refuses %s where no WebSocket can be opened, and asks nobody',
    async (url) => {
      const fetch = jest.fn();
      const connecting = connectMcp({ url, fetch, serverName: 'streams' });
      await expect(connecting).rejects.toThrow(McpProtocolError);
      await expect(connecting).rejects.toThrow(
        '"streams" has a WebSocket address, and none can be opened here; give its HTTP address.',
      );
      expect(fetch).not.toHaveBeenCalled();
    },
  );
});
