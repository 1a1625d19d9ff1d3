import tseslint from 'typescript-eslint';

const OUTGOING_HTTP =
  'Requests to addresses that somebody else supplied go through guardedFetch (libs/security).';

export default tseslint.config(
  {
    ignores: [
      'dist/**',
      'node_modules/**',
      '.cache/**',
      'artifacts/**',
      '**/*.cjs',
      '**/*.mjs',
      '**/*.gen.d.ts',
      'src/console/web/public/**',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 10],
      'max-params': ['error', 5],
      'no-console': 'error',
      'no-restricted-globals': ['error', { name: 'fetch', message: OUTGOING_HTTP }],
    },
  },
  {
    files: ['src/**/*.ts', 'libs/**/*.ts'],
    ignores: [
      'src/app/**',
      'src/main*.ts',
      'src/cli/**',
      'libs/config/**',
      '**/*.spec.ts',
      'libs/testing/**',
    ],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Settings come from libs/config; only the roots read them.',
        },
      ],
    },
  },
  {
    files: ['src/cli/**/*.ts', 'src/main*.ts'],
    rules: { 'no-console': 'off', 'no-restricted-globals': 'off' },
  },
  {
    files: ['src/console/web/**/*.{ts,tsx}'],
    rules: {
      // A page is markup as much as code; each thing that is shown or not is a branch.
      complexity: ['error', 15],
      'max-lines-per-function': ['error', { max: 100, skipBlankLines: true, skipComments: true }],
      // The browser's own, and the origin is the console's.
      'no-restricted-globals': 'off',
      // Handlers of React return what they like; what they return is not looked at.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // What a route's search type says is what its validator made of the address.
      '@typescript-eslint/only-throw-error': 'off',
    },
  },
  {
    files: ['**/*.spec.ts', '**/*.e2e-spec.ts', '**/*.long-spec.ts', 'test/**/*.ts', 'libs/testing/**/*.ts'],
    rules: {
      // A describe block is a list, not a function; its cases have the limit of the reader, not of this rule.
      'max-lines-per-function': 'off',
      'no-restricted-globals': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
