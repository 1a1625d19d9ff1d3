import { loadEnv } from '@app/config';
import { Settings } from '../app/settings';
import { type HomeSecrets } from './home';
import { type EngineFound } from './preflight';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** What the launcher found and made; the user's own settings win over all of it but the address, which was checked. */
export function serverEnvironment(
  env: NodeJS.ProcessEnv,
  about: { dataDir: string; at: ServerAddress; engine: EngineFound; secrets: HomeSecrets },
): NodeJS.ProcessEnv {
  const { dataDir, at, engine, secrets } = about;
  const found: NodeJS.ProcessEnv = {
    MASTER_KEY: secrets.master_key,
    JWT_SECRET: secrets.jwt_secret,
    API_KEY: secrets.api_key,
    CONTAINER_ENGINE: engine.kind,
    ...(engine.kind === 'docker' ? { DOCKER_HOST: engine.address } : {}),
    // One process needs no agreed port, and a second installation must not fall over that of the first.
    PROVISIONER_PORT: '0',
  };
  // A setting that the user gives by file would be given twice.
  const missing = Object.entries(found).filter(([name]) => env[`${name}_FILE`] === undefined);
  return {
    ...Object.fromEntries(missing),
    ...env,
    DATA_DIR: dataDir,
    SERVER_HOST: at.host,
    SERVER_PORT: String(at.port),
  };
}

/** Throws what the server would say, before anything is started for it. */
export function checkSettings(env: NodeJS.ProcessEnv): void {
  loadEnv(Settings, { DATABASE_URL: 'postgres://embedded.invalid/quayside', ...env });
}
