import { Webhook } from 'standardwebhooks';
import { signWebhook, verifyWebhook } from './sign-webhook';
import { InvalidWebhookSecretError, newWebhookSecret, webhookKeyOf, webhookSecretOf } from './webhook-secret';

const BODY = '{"type":"pipeline.run.completed.v1","data":{"name":"größe ☃"}}';
const OLD = newWebhookSecret();
const NEW = newWebhookSecret();
const nowS = (): number => Math.floor(Date.now() / 1_000);
const signed = (secrets: readonly string[], timestampS = nowS()) =>
  signWebhook({ id: 'msg_1', timestampS, body: BODY, secrets });
const received = (headers: object, body = BODY) => ({ headers: new Map(Object.entries(headers)), body });

describe('the signature of a webhook', () => {
  it('is what a foreign implementation of the standard expects', () => {
    expect(new Webhook(NEW).verify(BODY, signed([NEW]))).toEqual(JSON.parse(BODY));
  });

  it('is accepted by holders of either secret while one is being replaced', () => {
    const headers = signed([NEW, OLD]);
    expect(headers['webhook-signature'].split(' ')).toHaveLength(2);
    for (const secret of [OLD, NEW]) expect(() => new Webhook(secret).verify(BODY, headers)).not.toThrow();
    expect(() => new Webhook(newWebhookSecret()).verify(BODY, headers)).toThrow('No matching signature');
  });

  it('is checked as the foreign implementation makes it', () => {
    const at = new Date();
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(NEW).sign('msg_1', at, BODY),
    };
    expect(verifyWebhook(received(headers), [OLD, NEW])).toBe('genuine');
  });

  it.each([
    ['another body', received(signed([NEW]), `${BODY} `), 'wrong signature'],
    ['another secret', received(signed([OLD])), 'wrong signature'],
    ['another id', received({ ...signed([NEW]), 'webhook-id': 'msg_2' }), 'wrong signature'],
    ['an old recording', received(signed([NEW], nowS() - 400)), 'not timely'],
    ['a time to come', received(signed([NEW], nowS() + 400)), 'not timely'],
    ['a time that is none', received({ ...signed([NEW]), 'webhook-timestamp': 'soon' }), 'malformed'],
    ['no signature', received({ ...signed([NEW]), 'webhook-signature': '' }), 'malformed'],
    [
      'a signature of another version',
      received({
        ...signed([NEW]),
        'webhook-signature': signed([NEW])['webhook-signature'].replace('v1,', 'v2,'),
      }),
      'wrong signature',
    ],
  ])('refuses %s', (_, message, verdict) => {
    expect(verifyWebhook(message, [NEW])).toBe(verdict);
  });
});

describe('the secret of a webhook', () => {
  it('can be made of a key that is derived', () => {
    const key = Buffer.alloc(32, 7);
    expect(webhookKeyOf(webhookSecretOf(key))).toEqual(key);
  });

  it.each(['', 'whsec_', 'whsec_not base64!', 'whsec_c2hvcnQ=', Buffer.alloc(65).toString('base64')])(
    'is not %p',
    (secret) => {
      expect(() => webhookKeyOf(secret)).toThrow(InvalidWebhookSecretError);
    },
  );
});
