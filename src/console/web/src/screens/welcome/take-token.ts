const TOKEN = /[#&]token=([\w-]{1,1024})/;

/** Read once, when this screen is loaded: the router changes the address, and the token must not stay in the history. */
const found = TOKEN.exec(window.location.hash)?.[1];

if (found !== undefined)
  window.history.replaceState(window.history.state, '', window.location.pathname + window.location.search);

/** The secret of the one-time link that opened the page. */
export const LINK_TOKEN: string | undefined = found;
