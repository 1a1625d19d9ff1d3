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

// Who is signed in is asked for while the bundle is on its way; api/early.ts takes the answers up.
(function () {
  var base = document.querySelector('meta[name="quayside-base"]').content;
  function ask(path) {
    return window.fetch(base + path, { credentials: 'same-origin' }).catch(function () {
      return undefined;
    });
  }
  var session = ask('/api/v1/auth/session');
  var me = session.then(function (answer) {
    if (answer === undefined || !answer.ok) return undefined;
    return answer
      .clone()
      .json()
      .then(function (body) {
        if (body.signed_in !== true) return undefined;
        // What the overview cannot begin without.
        if (window.location.pathname === base + '/console/')
          window.quaysideAsked['/api/v1/overview'] = ask('/api/v1/overview');
        return ask('/api/v1/me');
      });
  });
  window.quaysideAsked = { '/api/v1/auth/session': session, '/api/v1/me': me };
})();
