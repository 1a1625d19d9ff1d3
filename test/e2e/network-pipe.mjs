// Carries connections over the border of a network namespace, which sockets with a path do not know:
//   node network-pipe.mjs <where to listen> <where to connect>  [<listen> <connect> …]     each a port of loopback or a path
// Says "ready" when it listens on all, and ends with its standard input.
import { connect, createServer } from 'node:net';

const at = (place) => (/^\d+$/.test(place) ? { port: Number(place), host: '127.0.0.1' } : { path: place });
const places = process.argv.slice(2);
const listening = [];
for (let index = 0; index < places.length; index += 2) {
  const target = at(places[index + 1]);
  const server = createServer({ allowHalfOpen: true }, (one) => {
    const other = connect({ ...target, allowHalfOpen: true });
    one.pipe(other).pipe(one);
    one.once('error', () => other.destroy()).once('close', () => other.destroy());
    other.once('error', () => one.destroy()).once('close', () => one.destroy());
  });
  listening.push(new Promise((resolve) => server.listen(at(places[index]), resolve)));
}
await Promise.all(listening);
console.log('ready');
process.stdin.on('end', () => process.exit(0)).resume();
