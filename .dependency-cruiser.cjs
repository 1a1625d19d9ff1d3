// Who may import whom: CONTRIBUTING.md draws the same rules as a picture.
const CONTEXTS =
  'catalog|imports|exports|instances|secrets|gateway|identity|audit|observability|settings|limits|console|agents|tasks|pipelines|notifications|overview|realtime|registry';

const rule = (name, comment, from, to, severity = 'error') => ({ name, comment, severity, from, to });

module.exports = {
  forbidden: [
    rule('libs-know-no-product', 'a library could be published', { path: '^libs/' }, { path: '^src/' }),
    rule(
      'libs-use-each-other-by-name',
      'a library is used by its index.ts',
      { path: '^libs/([^/]+)/' },
      { path: '^libs/([^/]+)/', pathNot: '^libs/$1/|^libs/[^/]+/src/index\\.ts$' },
    ),
    rule(
      'contexts-meet-only-at-the-door',
      'a context is used by its index.ts',
      { path: `^src/(${CONTEXTS}|provisioner)/` },
      { path: `^src/(${CONTEXTS}|provisioner)/`, pathNot: '^src/$1/|^src/[^/]+/index\\.ts$' },
    ),
    rule(
      'domain-is-pure',
      'rules know no framework',
      { path: `^src/(${CONTEXTS})/domain/` },
      { pathNot: '^src/$1/domain/|^libs/(kernel|contracts)/' },
    ),
    rule(
      'http-sends-messages',
      'controllers know messages, not handlers or tables',
      { path: `^src/(${CONTEXTS})/http/` },
      { path: 'persistence/|projections/|\\.handler\\.ts$|node_modules/(typeorm|bullmq|dockerode)/' },
    ),
    rule(
      'handlers-know-no-transport',
      'a handler could be called by anything',
      { path: `^src/(${CONTEXTS})/(commands|queries)/` },
      { path: '/http/|node_modules/(fastify|@nestjs/(swagger|platform-fastify))/' },
    ),
    rule(
      'only-the-adapter-touches-docker',
      'one user of the engine',
      { pathNot: '^libs/container-engine/' },
      { path: 'node_modules/dockerode' },
    ),
    rule(
      'provisioner-stands-alone',
      'it reads one view and the secret store',
      { path: '^src/provisioner/' },
      { path: `^src/(${CONTEXTS})/`, pathNot: '^src/(secrets|settings)/index\\.ts$' },
    ),
    rule(
      'nobody-imports-the-roots',
      'roots are on top',
      { pathNot: '^src/(app/|main|cli/)' },
      { path: '^src/(app/|main|cli/)' },
    ),
    rule('no-circular', 'data flows one way', {}, { circular: true }),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    exclude: '\\.spec\\.ts$|^src/console/web/',
    doNotFollow: { path: 'node_modules' },
  },
};
