import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { compression } from 'vite-plugin-compression2';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where `npm run console:dev` sends what is not the console's: a server started by `npm start`. */
const DEV_SERVER = 'http://127.0.0.1:8080';

export default defineConfig({
  root: here('.'),
  // Relative, so that the same files work under any prefix of the public address.
  base: './',
  plugins: [
    compression({ algorithms: ['gzip', 'brotliCompress'], exclude: [/\.html$/, /\.map$/], threshold: 512 }),
  ],
  resolve: {
    alias: {
      '~': here('src'),
      // It compiles schemas to code, which the Content-Security-Policy forbids; ours takes its place.
      '@rjsf/validator-ajv8': here('src/components/lazy/no-ajv.ts'),
    },
  },
  build: {
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2022',
    // Every inlined file would be a data: address, and fonts from those are not allowed.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
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
