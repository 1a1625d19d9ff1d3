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
  return {
    MASTER_KEY: secrets.master_key,
    JWT_SECRET: secrets.jwt_secret,
    API_KEY: secrets.api_key,
    CONTAINER_ENGINE: engine.kind,
    ...(engine.kind === 'docker' ? { DOCKER_HOST: engine.address } : {}),
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
