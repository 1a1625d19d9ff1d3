import { randomBytes } from 'node:crypto';
import { checkSettings, serverEnvironment } from './server-environment';

const about = {
  dataDir: '/data',
  at: { host: '127.0.0.1', port: 8080 },
  engine: { kind: 'process', why: 'no engine answers' },
  secrets: {
    master_key: randomBytes(32).toString('base64'),
    jwt_secret: randomBytes(36).toString('base64url'),
    api_key: randomBytes(36).toString('base64url'),
  },
} as const;

describe('the environment of the server', () => {
  it('is complete without a word of the user', () => {
    const env = serverEnvironment({}, about);
    expect(env).toMatchObject({
      API_KEY: about.secrets.api_key,
      CONTAINER_ENGINE: 'process',
      SERVER_PORT: '8080',
    });
    expect(() => {
      checkSettings(env);
    }).not.toThrow();
  });

  it('keeps the ports of two installations apart', () => {
    expect(serverEnvironment({}, about)).toMatchObject({ PROVISIONER_PORT: '0' });
  });

  it('holds what the user says, also by file, but not where it listens', () => {
    const env = serverEnvironment(
      { LOG_LEVEL: 'debug', CONTAINER_ENGINE: 'docker', API_KEY_FILE: '/keys/api', SERVER_PORT: '9' },
      about,
    );
    expect(env).toMatchObject({ LOG_LEVEL: 'debug', CONTAINER_ENGINE: 'docker', SERVER_PORT: '8080' });
    expect(env).not.toHaveProperty('API_KEY');
  });
});
