// Loaded before a gateway: calls are counted as ever, and no row is written of them. What the difference costs is measured so.
const Module = require('node:module');

const load = Module._load;
Module._load = function loadWithoutRecords(...args) {
  const loaded = load.apply(this, args);
  const ledger = Object.getOwnPropertyDescriptor(loaded ?? {}, 'BatchedCallLedger')?.value?.prototype;
  if (ledger !== undefined)
    ledger.record = function record(call) {
      this.callMetrics.count(call);
    };
  return loaded;
};
