// Loaded before the bundle, so that a dark page is dark from its first paint. The key is Mantine's.
(function () {
  var stored = null;
  try {
    stored = window.localStorage.getItem('quayside-color-scheme');
  } catch (error) {
    // Storage may be forbidden; then the system's choice holds.
  }
  var dark =
    stored === 'dark' || (stored !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
