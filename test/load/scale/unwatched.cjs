// Loaded before a gateway: each SIGUSR2 switches between counting calls and collecting spans as ever, and neither. Two processes
// of one build differ by as much as what is looked for, so both are measured in one.
const Module = require('node:module');

const parts = {};
let isWatched = true;

const load = Module._load;
Module._load = function loadWithSwitch(...args) {
  const loaded = load.apply(this, args);
  const memberOf = (name) => Object.getOwnPropertyDescriptor(loaded ?? {}, name)?.value;
  parts.tracer ??= loaded?.tracer;
  const metrics = memberOf('CallMetrics')?.prototype;
  if (metrics !== undefined && parts.metrics === undefined) {
    parts.metrics = metrics;
    const { count } = metrics;
    metrics.count = function countOrNot(record) {
      if (isWatched) count.call(this, record);
    };
  }
  return loaded;
};

process.on('SIGUSR2', () => {
  isWatched = !isWatched;
  parts.tracer.isOn = isWatched;
});
