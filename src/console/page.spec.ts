import { pageFor, prefixFor } from './page';

const BUILT = `<meta name="quayside-base" content="" />
<meta name="quayside-nonce" content="" />
<link rel="icon" href="./favicon.svg" />
<script src="./theme.js"></script>
<script type="module" crossorigin src="./assets/index-a1.js"></script>`;

describe('the page of one answer', () => {
  it('has a nonce, and references that hold at every path', () => {
    expect(pageFor(BUILT, { nonce: 'abc==', base: '' })).toBe(`<meta name="quayside-base" content="" />
<meta name="quayside-nonce" content="abc==" />
<link rel="icon" href="/console/favicon.svg" />
<script src="/console/theme.js"></script>
<script type="module" crossorigin src="/console/assets/index-a1.js"></script>`);
  });

  it('knows the prefix it is reached by', () => {
    const page = pageFor(BUILT, { nonce: 'abc', base: '/quayside' });
    expect(page).toContain('<meta name="quayside-base" content="/quayside" />');
    expect(page).toContain('src="/quayside/console/assets/index-a1.js"');
  });

  it('takes no markup from a prefix, and no pattern of a replacement', () => {
    const page = pageFor(BUILT, { nonce: '$&', base: '/"><script>' });
    expect(page).toContain('content="$&amp;"');
    expect(page).toContain('href="/&quot;>&lt;script>/console/favicon.svg"');
  });
});

describe('the prefix of a host', () => {
  const urls = ['https://one.example/quayside/', 'https://two.example', 'http://127.0.0.1:8080'];
  it.each([
    ['one.example', '/quayside'],
    ['ONE.example', '/quayside'],
    ['two.example', ''],
    ['127.0.0.1:8080', ''],
    ['localhost:8080', ''],
  ])('of %s is "%s"', (host, prefix) => {
    expect(prefixFor(host, urls)).toBe(prefix);
  });
});
