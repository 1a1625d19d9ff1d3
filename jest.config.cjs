// Packages that are ES modules only: Jest 30 cannot require() those below Node 24.9, so SWC turns them into CommonJS.
const ESM_ONLY = [
  '@nestjs',
  '@borewit',
  '@lukeed',
  '@tokenizer',
  'content-disposition',
  'cookie',
  'file-type',
  'jose',
  'oauth4webapi',
  'strtok3',
  'token-types',
  'uid',
  'uint8array-extras',
  'pkce-challenge',
  'eventsource',
  'eventsource-parser',
  '@x0k',
  // This one is none, but import()s parts of Node, which Jest cannot do either.
  '@opentelemetry/otlp-exporter-base',
].join('|');

const base = {
  testEnvironment: 'node',
  rootDir: __dirname,
  transform: {
    '^.+\\.(ts|js|mjs)$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { useDefineForClassFields: false, legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  // The inner group matters: `cookie` lies nested below light-my-request, and a plain allow-list does not reach it.
  transformIgnorePatterns: [`/node_modules/(?!(?:.+/node_modules/)?(${ESM_ONLY})/)`],
  moduleNameMapper: {
    '^@app/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^~/(.*)$': '<rootDir>/src/console/web/src/$1',
    // As in the console's bundle: nothing there compiles schemas.
    '^@rjsf/validator-ajv8$': '<rootDir>/src/console/web/src/components/lazy/no-ajv.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.cache/'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  setupFiles: ['reflect-metadata'],
};

const project = (displayName, testMatch, more = {}) => ({ ...base, displayName, testMatch, ...more });

/** Where `npm test` has put specs that are loaded together, instead of the specs themselves: see scripts/spec-groups.mjs. */
const GROUPS = process.env.QUAYSIDE_TEST_GROUPS;
const specs = (project, ...folders) =>
  GROUPS === undefined
    ? folders.map((folder) => `<rootDir>/${folder}/**/*.spec.ts`)
    : [`${GROUPS}/${project}/**/*.spec.js`];

/** Whatever a test lets happen: every event that it leaves behind is held against its schema. */
const EVENTS_CHECKED = { setupFilesAfterEnv: ['<rootDir>/test/recorded-events.ts'] };

/** Stories about time and cost: beside another one they would only prove what the machine has left for them. */
const ALONE = ['<rootDir>/test/e2e/chaos/', '<rootDir>/test/e2e/stories/relay-cost'];

module.exports = {
  // Generous: it guards against hanging, not against slowness. Specs that need longer say so themselves.
  testTimeout: 60_000,
  projects: [
    project('unit', specs('unit', 'libs', 'src')),
    project('architecture', ['<rootDir>/test/architecture/**/*.spec.ts']),
    project('contract', ['<rootDir>/test/contract/**/*.spec.ts']),
    project('integration', specs('integration', 'test/integration'), EVENTS_CHECKED),
    project('conformance', ['<rootDir>/test/conformance/**/*.spec.ts']),
    project('e2e', ['<rootDir>/test/e2e/**/*.e2e-spec.ts'], {
      ...EVENTS_CHECKED,
      testPathIgnorePatterns: ALONE,
    }),
    project('faults', ['<rootDir>/test/e2e/**/*.e2e-spec.ts'], {
      ...EVENTS_CHECKED,
      testPathIgnorePatterns: [
        '<rootDir>/test/e2e/(?:console|launcher)/',
        '<rootDir>/test/e2e/stories/(?!relay-cost)',
      ],
    }),
    project('long', ['<rootDir>/test/e2e/**/*.long-spec.ts'], EVENTS_CHECKED),
  ],
};
