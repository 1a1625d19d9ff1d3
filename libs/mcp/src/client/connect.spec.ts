import { McpProtocolError } from '../errors';
import { connectMcp } from './connect';

describe('connectMcp', () => {
  it.each(['ws://mcp.example.com/mcp', 'WSS://mcp.example.com/mcp'])(
    'says of %s what it lacks, and asks nobody',
    async (url) => {
      const fetch = jest.fn();
      const connecting = connectMcp({ url, fetch, serverName: 'streams' });
      await expect(connecting).rejects.toThrow(McpProtocolError);
      await expect(connecting).rejects.toThrow(
        '"streams" has a WebSocket address, and WebSocket is not spoken yet; give its HTTP address.',
      );
      expect(fetch).not.toHaveBeenCalled();
    },
  );
});
