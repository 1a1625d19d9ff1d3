import { page, toHtml } from './markdown';

describe('toHtml', () => {
  it('knows headings, paragraphs, lists and code', () => {
    const text = '# code\n\nA **bold**\nword.\n\n- one `x`\n- two\n  goes on\n\n```json\n{"a": 1}\n```';
    expect(toHtml(text)).toBe(
      [
        '<h1>code</h1>',
        '<p>A <strong>bold</strong> word.</p>',
        '<ul><li>one <code>x</code></li><li>two goes on</li></ul>',
        '<pre><code>{&quot;a&quot;: 1}\n</code></pre>',
      ].join('\n'),
    );
  });

  it('lets no markup through', () => {
    expect(toHtml('<script>alert("x")</script> & `<b>`')).toBe(
      '<p>&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; &amp; <code>&lt;b&gt;</code></p>',
    );
    expect(page('<x>', '')).toContain('<title>&lt;x&gt;</title>');
  });
});
