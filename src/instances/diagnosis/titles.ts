/** Every check, in the order in which they come, in the words of people. */
export const TITLES = {
  wanted: 'It is wanted running',
  environment: 'Required variables have values',
  secrets: 'Secrets can be found',
  engine: 'The engine answers',
  image: 'The image is there',
  process: 'The process runs',
  dns: 'The name resolves',
  egress: 'The outbound policy allows the address',
  port: 'The port takes connections',
  tls: 'The connection is secure',
  http: 'It answers HTTP',
  oauth: 'The authorization server gives a token',
  newer: 'It speaks the newer protocol (server/discover)',
  older: 'It speaks the older protocol (initialize)',
  mcp: 'It completes a handshake and lists its tools',
  circuit: 'The gateway lets calls through',
} as const;

export type CheckName = keyof typeof TITLES;
