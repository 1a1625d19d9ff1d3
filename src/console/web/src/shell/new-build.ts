const RELOADED_AT = 'quayside-reloaded-at';
/** Not again within this: a file that is still missing then is missing for another reason, which the screen will show. */
const ONCE_IN_MS = 60_000;

/** A page that was open while the server was upgraded asks for parts that are gone with the old build: it is loaded anew. */
export function reloadForNewBuild(): void {
  window.addEventListener('vite:preloadError', (event) => {
    const last = Number(window.sessionStorage.getItem(RELOADED_AT) ?? 0);
    if (Date.now() - last < ONCE_IN_MS) return;
    event.preventDefault();
    window.sessionStorage.setItem(RELOADED_AT, String(Date.now()));
    window.location.reload();
  });
}
