import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compression } from 'vite-plugin-compression2';
import { CHUNKS } from './chunks';
import { directImports } from './direct-imports';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const entryOf = (name: string): string => here(`../../../node_modules/${name}/esm/index.mjs`);

/** Where `npm run console:dev` sends what is not the console's: a server started by `npm start`. */
const DEV_SERVER = 'http://127.0.0.1:8080';

export default defineConfig({
  root: here('.'),
  // Relative, so that the same files work under any prefix of the public address.
  base: './',
  plugins: [
    directImports({ '@mantine/core': entryOf('@mantine/core'), '@mantine/hooks': entryOf('@mantine/hooks') }),
    compression({ algorithms: ['gzip', 'brotliCompress'], exclude: [/\.html$/, /\.map$/], threshold: 512 }),
  ],
  resolve: {
    alias: {
      '~': here('src'),
      // It compiles schemas to code, which the Content-Security-Policy forbids; ours takes its place.
      '@rjsf/validator-ajv8': here('src/components/lazy/no-ajv.ts'),
      '@codemirror/lint': here('src/components/lazy/code-editor/no-lint.ts'),
    },
  },
  build: {
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2022',
    // Every inlined file would be a data: address, and fonts from those are not allowed.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    // What belongs together, for the budget of the build.
    manifest: true,
    rolldownOptions: {
      output: { codeSplitting: { groups: CHUNKS } },
      // "use client" of component libraries says nothing to a page without a server side.
      onLog: (level, log, handle) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/health', '/docs', '/openapi.json'].map((path) => [path, { target: DEV_SERVER }]),
    ),
  },
});
