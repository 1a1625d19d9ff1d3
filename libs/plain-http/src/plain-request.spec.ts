import { Socket } from 'node:net';
import { type PlainHead } from './plain-head';
import { PlainRequest } from './plain-request';

const request = (bodyBytes: number): PlainRequest => {
  const head: PlainHead = { method: 'POST', url: '/mcp', headers: {}, bodyBytes };
  return new PlainRequest(head, new Socket(), { onDecided: () => undefined, giveBack: () => false });
};

/** By its own rules, so that it is seen who put the pieces together. */
const shout = (pieces: readonly Buffer[], bytes: number): Buffer =>
  Buffer.from(`${Buffer.concat(pieces).toString().toUpperCase()} ${bytes}`);

describe('a body', () => {
  it('is put together by whoever takes it', () => {
    const [late, early] = [request(6), request(6)];
    const told: string[] = [];
    for (const piece of ['ab', 'cd', 'ef']) late.push(Buffer.from(piece), 0);
    late.takeBody((body) => told.push(String(body)), shout);
    early.takeBody((body) => told.push(String(body)), shout);
    for (const piece of ['gh', 'ij', 'kl and what follows']) early.push(Buffer.from(piece), 0);
    expect(told).toEqual(['ABCDEF 6', 'GHIJKL 6']);
  });

  it('is told as it came where it came in one piece', () => {
    const whole = request(3);
    const told: (Buffer | undefined)[] = [];
    const bytes = Buffer.from('xabc');
    whole.push(bytes, 1);
    whole.takeBody((body) => told.push(body), shout);
    expect(told.map(String)).toEqual(['abc']);
    expect(told[0]?.buffer).toBe(bytes.buffer);
  });
});
