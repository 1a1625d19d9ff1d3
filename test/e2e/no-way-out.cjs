// Loaded before a process of ours (NODE_OPTIONS=--require): writes down every address beyond this machine that it asks for,
// a name to be resolved as well as a connection to be made. What is asked for is still done. Beside that file stands which
// processes were watched.
const dgram = require('node:dgram');
const dns = require('node:dns');
const { appendFileSync } = require('node:fs');
const net = require('node:net');

const HERE = /^(localhost|127\.\d+\.\d+\.\d+|::1|::ffff:127\..*|0\.0\.0\.0|::)$/;
const note = (what, host) => {
  if (typeof host === 'string' && host !== '' && !HERE.test(host))
    appendFileSync(process.env.QUAYSIDE_TEST_OUTBOUND, `${what} ${host}\n`);
};

appendFileSync(`${process.env.QUAYSIDE_TEST_OUTBOUND}.watched`, `${process.pid}\n`);

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  note('connect', typeof first === 'object' ? first.host : second);
  return connect.apply(this, args);
};
for (const resolver of [dns, dns.promises])
  for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveSrv', 'resolveTxt']) {
    const asked = resolver[name];
    resolver[name] = function (host, ...rest) {
      note(name, host);
      return asked.call(this, host, ...rest);
    };
  }
const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (...args) {
  note(
    'send',
    args.find((one, at) => at > 0 && typeof one === 'string'),
  );
  return send.apply(this, args);
};
