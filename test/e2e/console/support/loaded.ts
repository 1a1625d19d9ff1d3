const NETWORK_CHANGED = 'net::ERR_NETWORK_CHANGED';
const TRIES_MAX = 5;

/**
 * A page that is gone to or loaded anew. The browser drops what is under way whenever a network of the machine comes or goes, and
 * the containers of other tests have some of their own; a person would see its error page, which loads the address again by itself.
 */
export async function loaded(go: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await go();
      return;
    } catch (error) {
      if (tries === TRIES_MAX || !String(error).includes(NETWORK_CHANGED)) throw error;
    }
  }
}
