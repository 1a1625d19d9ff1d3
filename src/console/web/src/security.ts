import { setNonce } from 'get-nonce';

const metaOf = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? '';

/** Put into the page by the server for this one answer; styles that libraries add later carry it. */
export const NONCE = metaOf('quayside-nonce');

/** The path before `/console`, `''` at the root; behind a prefix the server has put it into the page. */
export const BASE = metaOf('quayside-base');

setNonce(NONCE);

interface TrustedTypes {
  createPolicy(name: string, rules: Record<string, (text: string) => string>): unknown;
}

/**
 * The one policy of the page. Mantine writes its variables into a style element by innerHTML, which is text without markup;
 * anything with a tag in it, and any script, is refused.
 */
function installTrustedTypes(): void {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  trustedTypes?.createPolicy('default', {
    createHTML: (text) => {
      if (text.includes('<')) throw new TypeError('Markup is never made from text here.');
      return text;
    },
  });
}

installTrustedTypes();
