import { ensurePrograms } from './packages.mjs';
import { findProgram } from './processes.mjs';

/** The tool that brings up the deployment files, and what stands at their door; `{path}` or `{reason}`. */
export function ensureCompose(log) {
  const reason = ensurePrograms(['docker-compose', 'nginx'], ['docker-compose', 'nginx-light'], log);
  return reason === undefined ? { path: findProgram('docker-compose') } : { reason };
}
