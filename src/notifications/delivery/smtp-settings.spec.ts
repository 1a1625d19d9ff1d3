import { smtpSettings } from './smtp-settings';

it.each([
  ['smtp://mail.example.com', false],
  ['smtp://user:word@mail.example.com:587', true],
  ['smtp://user:word@localhost', false],
  ['smtp://user:word@127.0.0.1:2525', false],
  ['smtp://user:word@[::1]:2525', false],
])('%s needs TLS: %p', (url, needed) => {
  expect(smtpSettings(url).requireTLS).toBe(needed);
});
