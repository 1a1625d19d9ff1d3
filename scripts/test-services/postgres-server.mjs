// A PostgreSQL in the given folder until standard input ends. Prints its address.
import { createRequire } from 'node:module';

const { startEmbeddedPostgres } = createRequire(import.meta.url)('../../dist/libs/database/src/index.js');
const server = await startEmbeddedPostgres({ dataDir: process.argv[2] });
console.log(server.url);
process.stdin.resume();
process.stdin.once('end', () => {
  void server.stop().then(() => process.exit(0));
});
