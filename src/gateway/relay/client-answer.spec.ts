import { gatheredBodies } from '../faces/gathered-bodies';
import { type Visit } from '../faces/visit';
import { ClientAnswer } from './client-answer';
import { KeepAlives } from './keep-alives';

const BYTES = 65_700;

function visitOf(writableLength: number): { readonly visit: Visit; readonly sent: Buffer[] } {
  const sent: Buffer[] = [];
  const response = { writeHead: () => undefined, end: (body: Buffer) => sent.push(body), writableLength };
  return { visit: { response } as unknown as Visit, sent };
}

describe('the memory of a long answer', () => {
  it.each([
    ['is used again when the system has all of it', 0, true],
    ['is left alone while the client has not taken all of it', 1, false],
  ])('%s', (_what, writableLength, isUsedAgain) => {
    const body = gatheredBodies.take(BYTES);
    const { visit, sent } = visitOf(writableLength);
    new ClientAnswer(visit, new KeepAlives()).whole(200, [], body);
    expect(sent).toEqual([body]);
    expect(gatheredBodies.take(BYTES).buffer === body.buffer).toBe(isUsedAgain);
  });
});
