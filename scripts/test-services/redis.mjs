import { ensurePrograms } from './packages.mjs';
import { findProgram } from './processes.mjs';

/** `{path}` of redis-server, installed where that is possible, or `{reason}`. */
export function ensureRedisServer(log) {
  const reason = ensurePrograms(['redis-server'], ['redis-server'], log);
  return reason === undefined ? { path: findProgram('redis-server') } : { reason };
}
