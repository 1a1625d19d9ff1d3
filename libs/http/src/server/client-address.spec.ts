import { type IncomingMessage } from 'node:http';
import { clientAddress } from './client-address';

const from = (remoteAddress: string, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage;

describe('the address of a client', () => {
  it('is the one it connected from, whatever it says, where no proxy is trusted', () => {
    expect(clientAddress([])(from('203.0.113.9', '10.0.0.1'))).toBe('203.0.113.9');
  });

  it.each([
    ['203.0.113.9', '198.51.100.1', '203.0.113.9'],
    ['10.0.0.2', '198.51.100.1', '198.51.100.1'],
    ['10.0.0.2', 'forged, 198.51.100.1, 10.9.9.9', '198.51.100.1'],
    ['10.0.0.2', undefined, '10.0.0.2'],
    ['::1', '2001:db8::7', '2001:db8::7'],
  ])('of %s with %s is %s, behind trusted proxies', (remote, forwarded, address) => {
    expect(clientAddress(['10.0.0.0/8', '::1'])(from(remote, forwarded))).toBe(address);
  });
});
