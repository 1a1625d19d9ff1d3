import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { exportJWK, FlattenedSign, generateKeyPair } from 'jose';
import { canonicalJson } from '@app/kernel';
import { EgressPolicy } from '@app/security';
import { CardImport } from './card-import';

const CARD = {
  ...{ name: 'Recipe Agent', description: 'Cooks.', version: '1.0.0' },
  skills: [{ id: 'find-recipe', name: 'Find', description: 'Finds.', tags: ['cooking', 'Two Words'] }],
};

describe('the card of an agent', () => {
  let server: Server;
  let url: string;
  /** What is served, by its path. */
  const documents = new Map<string, string>();
  const cards = new CardImport(new EgressPolicy({ localMode: true }));

  beforeAll(async () => {
    server = createServer((request, response) => {
      const document = documents.get(request.url ?? '');
      if (request.url === '/moved') response.writeHead(302, { location: '/' }).end();
      else if (document === undefined) response.writeHead(404).end();
      else response.end(document);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    documents.set('/.well-known/agent-card.json', JSON.stringify(CARD));
  });
  afterAll(async () => {
    await cards.onApplicationShutdown();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is taken over, and asked for again where it lies', async () => {
    const { name, content } = await cards.import(url);
    expect(name).toBe('recipe-agent');
    expect(content).toMatchObject({
      ...{ description: 'Cooks.', capabilities: ['find-recipe', 'cooking', 'two-words'] },
      endpoints: { status: `${url}/.well-known/agent-card.json` },
    });
  });

  it.each([
    ['/large', JSON.stringify({ ...CARD, x: 'x'.repeat(300 * 1_024) }), 'larger than 256 kB'],
    ['/moved', '', 'redirect'],
    ['/text', 'a card', 'not JSON'],
    ['/deep', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, 'not JSON that could be kept'],
    ['/polluting', '{"__proto__": {"polluted": true}}', 'not JSON that could be kept'],
    ['/empty', '{}', 'name is missing'],
    ['/nothing', undefined, 'answered 404'],
  ])('E27: is refused as %s, with a reason', async (path, document, why) => {
    if (document !== undefined) documents.set(path, document);
    await expect(cards.import(`${url}${path}`)).rejects.toThrow(why);
  });

  it('is taken over signed only where the signature holds under a key of the same place', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    documents.set('/keys', JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] }));
    const signature = async (header: object) => {
      const signed = await new FlattenedSign(Buffer.from(canonicalJson(CARD)))
        .setProtectedHeader({ alg: 'ES256', kid: 'one', ...header })
        .sign(privateKey);
      return { protected: signed.protected, signature: signed.signature };
    };
    const serve = (path: string, card: object): Promise<unknown> => {
      documents.set(path, JSON.stringify(card));
      return cards.import(`${url}${path}`);
    };
    const good = await signature({ jku: `${url}/keys` });
    const altered = {
      ...good,
      signature: `${good.signature.startsWith('A') ? 'B' : 'A'}${good.signature.slice(1)}`,
    };
    expect(await serve('/signed', { ...CARD, signatures: [altered, good] })).toMatchObject({
      name: 'recipe-agent',
    });
    const other = { ...CARD, description: 'Cooks badly.', signatures: [good] };
    await expect(serve('/changed', other)).rejects.toThrow('does not fit');
    const refusals: readonly (readonly [unknown, string])[] = [
      [altered, 'does not fit'],
      [await signature({}), 'does not name its keys'],
      [await signature({ jku: 'https://keys.example/keys' }), 'at another place'],
      [await signature({ jku: `${url}/nowhere` }), 'answered 404'],
      ['signed', 'no protected header'],
    ];
    for (const [bad, why] of refusals)
      await expect(serve('/refused', { ...CARD, signatures: [bad] })).rejects.toThrow(why);
  });
});
