import { BrowserOrigin } from './browser-origin';

const origin = new BrowserOrigin(['https://quayside.example', 'http://127.0.0.1:8080']);
const JSON_BODY = { 'content-type': 'application/json' };
const HOST = { host: 'quayside.example' };

describe('what is typed', () => {
  it.each([
    ['on the own machine', { host: '127.0.0.1:8080', origin: 'http://127.0.0.1:8080' }, false],
    ['through a tunnel', { host: 'localhost:9000', origin: 'http://localhost:9000' }, false],
    ['with TLS', { host: 'quayside.example', origin: 'https://quayside.example' }, false],
    [
      'with TLS under a name that is not ours',
      { host: 'ten.lan:8080', origin: 'https://ten.lan:8080' },
      false,
    ],
    ['where we are known by TLS', { host: 'quayside.example' }, false],
    [
      'without TLS where we are known by it',
      { host: 'quayside.example', origin: 'http://quayside.example' },
      true,
    ],
    ['without TLS', { host: 'ten.lan:8080', origin: 'http://ten.lan:8080' }, true],
    ['by what says nothing', { host: 'ten.lan:8080' }, true],
  ])('%s travels in the clear or not', (_where, headers, isClear) => {
    expect(origin.isInTheClear(headers)).toBe(isClear);
  });
});

describe('a change that a browser asks for', () => {
  it.each([
    ['says that it is of the same origin', { ...HOST, ...JSON_BODY, 'sec-fetch-site': 'same-origin' }],
    ['names our origin', { ...HOST, ...JSON_BODY, origin: 'https://quayside.example' }],
    [
      'names our origin on the own machine',
      { host: '127.0.0.1:8080', ...JSON_BODY, origin: 'http://127.0.0.1:8080' },
    ],
    ['has no body', { ...HOST, 'sec-fetch-site': 'same-origin' }],
    ['patches', { ...HOST, 'sec-fetch-site': 'same-origin', 'content-type': 'application/merge-patch+json' }],
  ])('is ours when it %s', (_what, headers) => {
    expect(origin.isOurPage(headers)).toBe(true);
  });

  it.each([
    ['comes from another site', { ...HOST, ...JSON_BODY, 'sec-fetch-site': 'cross-site' }],
    ['comes from a sister site', { ...HOST, ...JSON_BODY, 'sec-fetch-site': 'same-site' }],
    ['comes from nowhere', { ...HOST, ...JSON_BODY, 'sec-fetch-site': 'none' }],
    [
      'says one thing and its origin another',
      { ...HOST, ...JSON_BODY, 'sec-fetch-site': 'cross-site', origin: 'https://quayside.example' },
    ],
    ['says nothing of where it comes from', { ...HOST, ...JSON_BODY }],
    ['names another origin', { ...HOST, ...JSON_BODY, origin: 'https://elsewhere.example' }],
    ['names another port', { ...HOST, ...JSON_BODY, origin: 'https://quayside.example:8443' }],
    ['names our host without TLS', { ...HOST, ...JSON_BODY, origin: 'http://quayside.example' }],
    ['comes from a sandbox', { ...HOST, ...JSON_BODY, origin: 'null' }],
    [
      'is a form',
      { ...HOST, 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' },
    ],
    [
      'is plain text',
      { ...HOST, 'sec-fetch-site': 'same-origin', 'content-type': 'text/plain;application/json' },
    ],
    ['has a body of no type', { ...HOST, 'sec-fetch-site': 'same-origin', 'content-length': '2' }],
  ])('is not when it %s', (_what, headers) => {
    expect(origin.isOurPage(headers)).toBe(false);
  });
});
