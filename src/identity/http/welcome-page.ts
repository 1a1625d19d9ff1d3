import { randomBytes } from 'node:crypto';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { PASSWORD_MIN } from '../passwords/password-rules';

const NONCE_BYTES = 16;

/** Where the link of the first administrator leads. One page without a file of its own, so that nothing else has to be there. */
export function mountWelcomePage(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .get('/console/welcome', (_request, reply) => {
      const nonce = randomBytes(NONCE_BYTES).toString('base64');
      return reply
        .header('content-security-policy', policyOf(nonce))
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(pageOf(nonce));
    });
}

/** Nothing but this very script and style, and requests to where the page came from. */
const policyOf = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}'`,
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');

const pageOf = (nonce: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Welcome to Quayside</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body>
<main>
<h1>Welcome to Quayside</h1>
<p id="lead">This link makes you an administrator of this installation. It works once.</p>
<form id="form">
<label for="username">User name</label>
<input id="username" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="63">
<label for="password">Password</label>
<input id="password" type="password" autocomplete="new-password" required minlength="${PASSWORD_MIN}" aria-describedby="rule">
<p id="rule" class="hint">At least ${PASSWORD_MIN} characters; a few unrelated words are good.</p>
<button>Make me an administrator</button>
</form>
<p id="answer" role="status" aria-live="polite"></p>
</main>
<script nonce="${nonce}">${SCRIPT}</script>
</body>
</html>
`;

const STYLE = `
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
main { max-width: 26rem; margin: 10vh auto; padding: 0 1rem; }
label { display: block; margin-top: 1rem; font-weight: 600; }
input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem .6rem; }
button { margin-top: 1.5rem; cursor: pointer; }
.hint { margin: .25rem 0 0; opacity: .75; font-size: .9rem; }`;

/** The token leaves the address at once: it must not stay in the history. Answers are shown as text only. */
const SCRIPT = `
const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? '';
history.replaceState(null, '', location.pathname);
const form = document.getElementById('form');
const answer = document.getElementById('answer');
const lead = document.getElementById('lead');
if (token === '') {
  form.hidden = true;
  lead.textContent = 'This page needs the link that the server printed at its start. "quayside admin-link" makes a new one.';
}
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  answer.textContent = 'One moment…';
  try {
    const response = await fetch('/api/v1/auth/first-admin', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        token,
        username: document.getElementById('username').value.trim().toLowerCase(),
        password: document.getElementById('password').value,
      }),
    });
    const body = await response.json();
    if (!response.ok) {
      answer.textContent = [body.detail ?? body.title, body.hint].filter(Boolean).join(' ');
      return;
    }
    form.hidden = true;
    lead.textContent = 'Done. You can sign in as ' + body.username + '.';
    answer.textContent = '';
  } catch {
    answer.textContent = 'The server did not answer. Try again.';
  }
});`;
