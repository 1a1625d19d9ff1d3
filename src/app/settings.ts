import { Setting } from '@app/config';
import { IsBoolean, IsIn, IsInt, IsOptional, IsUrl, Matches, Max, Min, MinLength } from 'class-validator';

const REDIS_PROTOCOLS = { protocols: ['redis', 'rediss'], require_tld: false, require_protocol: true };
const POSTGRES_PROTOCOLS = {
  protocols: ['postgres', 'postgresql'],
  require_tld: false,
  require_protocol: true,
};
const SMTP_PROTOCOLS = { protocols: ['smtp', 'smtps'], require_tld: false, require_protocol: true };
const HTTP_PROTOCOLS = { protocols: ['http', 'https'], require_tld: false, require_protocol: true };

/**
 * Every variable that any role reads. `.env.example` and `docs/configuration.md` are written from this class.
 * Each may be given as `<NAME>_FILE` instead: the value is then the content of that file.
 */
export class Settings {
  @Setting({
    section: 'Server',
    describe:
      'Set to "production" by the image: the master key must then be given, and Redis must not evict.',
    internal: true,
  })
  @IsIn(['development', 'test', 'production'])
  readonly NODE_ENV: string = 'development';

  @Setting({ section: 'Server', describe: 'The port of the HTTP API, of Swagger UI and of the gateway.' })
  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly SERVER_PORT: number = 8080;

  @Setting({ section: 'Server', describe: 'The address to listen on. Loopback unless told otherwise.' })
  @Matches(/^[0-9a-zA-Z.:-]{1,253}$/)
  readonly SERVER_HOST: string = '127.0.0.1';

  @Setting({
    section: 'Server',
    describe: 'The addresses users reach the server by, comma-separated; the first is canonical.',
    example: 'https://quayside.example.com',
  })
  @IsOptional()
  @Matches(/^https?:\/\/[^\s,]+(,https?:\/\/[^\s,]+)*$/)
  readonly PUBLIC_URL?: string;

  @Setting({
    section: 'Server',
    describe: 'Addresses or ranges of proxies whose X-Forwarded-For is believed, comma-separated.',
    example: '10.0.0.0/8',
  })
  @IsOptional()
  @Matches(/^[0-9a-fA-F.:/,]+$/)
  readonly TRUSTED_PROXIES?: string;

  @Setting({ section: 'Server', describe: 'Seconds a process may take to end in order.' })
  @IsInt()
  @Min(1)
  @Max(300)
  readonly SHUTDOWN_TIMEOUT: number = 25;

  @Setting({
    section: 'Server',
    describe:
      'The folder with all data of an installation that the launcher runs. Default: /var/lib/quayside as root, else ~/.quayside.',
    example: '/srv/quayside',
  })
  @IsOptional()
  @MinLength(1)
  readonly DATA_DIR?: string;

  @Setting({
    section: 'Stores',
    describe: 'PostgreSQL 14 or newer. The launcher starts an embedded one when this is absent.',
    example: 'postgres://quayside:…@db:5432/quayside',
    secret: true,
  })
  @IsUrl(POSTGRES_PROTOCOLS)
  readonly DATABASE_URL!: string;

  @Setting({
    section: 'Stores',
    describe: 'Redis 6.2 or newer for queues. Absent: queues run on PostgreSQL.',
    example: 'redis://redis:6379',
    secret: true,
  })
  @IsOptional()
  @IsUrl(REDIS_PROTOCOLS)
  readonly REDIS_URL?: string;

  @Setting({
    section: 'Security',
    describe:
      'The key that wraps every stored secret: 32 bytes in base64, or kid:base64 pairs, the primary first. Made once by the launcher.',
    secret: true,
  })
  @MinLength(32)
  readonly MASTER_KEY!: string;

  @Setting({
    section: 'Security',
    describe:
      'Where secrets lie that no instance owns: own (sealed in the database), file:/folder, vault+https://… or infisical+https://… with the credential in the address.',
    example: 'vault+https://<role id>:<secret id>@vault.example.com:8200/kv/quayside',
  })
  @Matches(/^(own|file:\/.+|(vault|infisical)\+https?:\/\/.+)$/, {
    message: 'SECRET_PROVIDER must be own, file:/folder, vault+https://… or infisical+https://…',
  })
  readonly SECRET_PROVIDER: string = 'own';

  @Setting({
    section: 'Security',
    describe:
      'The secret shared with an existing user service that signs HS256 tokens; at least 32 characters.',
    secret: true,
  })
  @IsOptional()
  @MinLength(32)
  readonly JWT_SECRET?: string;

  @Setting({
    section: 'Security',
    describe:
      'Where the existing user service publishes its public keys, if it signs with such. A private address must be in EGRESS_ALLOW.',
    example: 'https://users.example.com/.well-known/jwks.json',
  })
  @IsOptional()
  @IsUrl(HTTP_PROTOCOLS)
  readonly JWT_JWKS_URL?: string;

  @Setting({
    section: 'Security',
    describe: 'What the existing user service calls us in the aud claim, if its tokens have one.',
    example: 'quayside',
  })
  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,512}$/)
  readonly JWT_AUDIENCE?: string;

  @Setting({
    section: 'Security',
    describe: 'The address of the existing user service, which is also the issuer name of its tokens.',
    example: 'http://flask-service:5000',
  })
  @IsOptional()
  @IsUrl(HTTP_PROTOCOLS)
  readonly FLASK_API_URL?: string;

  @Setting({
    section: 'Security',
    describe: 'The bootstrap administrator key, at least 32 characters. Made once by the launcher.',
    secret: true,
  })
  @MinLength(32)
  readonly API_KEY!: string;

  @Setting({
    section: 'Security',
    describe: 'Private addresses that servers may be reached at: host-or-CIDR:port, comma-separated.',
    example: 'localhost:3333,10.1.0.0/16:443',
  })
  @IsOptional()
  @Matches(/^[^\s]+$/)
  readonly EGRESS_ALLOW?: string;

  @Setting({
    section: 'Containers',
    describe:
      'Which engine runs containers: auto (Docker where it answers), docker, swarm (a manager of Docker Swarm), or process (bundled servers only).',
  })
  @IsIn(['auto', 'docker', 'swarm', 'process'])
  readonly CONTAINER_ENGINE: string = 'auto';

  @Setting({
    section: 'Containers',
    describe: 'Where the engine answers.',
    example: 'unix:///var/run/docker.sock',
  })
  @IsOptional()
  @Matches(/^(unix|tcp|http|https):\/\/.+$/)
  readonly DOCKER_HOST?: string;

  @Setting({
    section: 'Containers',
    describe: 'The range from which each instance gets a network of its own.',
  })
  @Matches(/^[0-9.]+\/[0-9]{1,2}$/)
  readonly CONTAINER_SUBNETS: string = '10.213.0.0/16';

  @Setting({ section: 'Containers', describe: 'How many containers may run at once.' })
  @IsInt()
  @Min(1)
  @Max(4_000)
  readonly MAX_CONTAINERS: number = 500;

  @Setting({
    section: 'Containers',
    describe:
      'Where the provisioner answers questions of the other roles when there is no Redis: a loopback port. 0: any free one (one process for all roles).',
  })
  @IsInt()
  @Min(0)
  @Max(65_535)
  readonly PROVISIONER_PORT: number = 8091;

  @Setting({ section: 'Work', describe: 'How many agents may be registered.' })
  @IsInt()
  @Min(1)
  @Max(100_000)
  readonly MAX_AGENTS: number = 100;

  @Setting({ section: 'Work', describe: 'How many tasks may run at once.' })
  @IsInt()
  @Min(1)
  @Max(100_000)
  readonly MAX_CONCURRENT_TASKS: number = 50;

  @Setting({ section: 'Work', describe: 'Seconds a task may run that does not say so itself.' })
  @IsInt()
  @Min(1)
  @Max(604_800)
  readonly TASK_TIMEOUT: number = 3_600;

  @Setting({
    section: 'Work',
    describe: 'The server that takes our mail, and with ?from= its sender; absent: no mail is sent.',
    example: 'smtps://quayside:…@mail.example.com:465?from=quayside@example.com',
    secret: true,
  })
  @IsOptional()
  @IsUrl(SMTP_PROTOCOLS)
  readonly SMTP_URL?: string;

  @Setting({ section: 'Logs and metrics', describe: 'debug, info, warn or error.' })
  @Matches(/^(debug|info|warn|error)$/i)
  readonly LOG_LEVEL: string = 'info';

  @Setting({
    section: 'Logs and metrics',
    describe: 'Whether GET /metrics answers callers with metrics:read.',
  })
  @IsBoolean()
  readonly METRICS_ENABLED: boolean = true;

  @Setting({
    section: 'Logs and metrics',
    describe:
      'Where unexpected errors are told, scrubbed: Sentry, or what speaks as it does. Absent: nowhere.',
    example: 'https://<public key>@sentry.example.com/42',
    secret: true,
  })
  @IsOptional()
  @Matches(/^https?:\/\/[^\s@/]+@[^\s/]+\/\S+$/)
  readonly SENTRY_DSN?: string;

  @Setting({
    section: 'Logs and metrics',
    describe:
      'The collector that gets spans over OTLP/HTTP, without a path. Absent: none are made. OTEL_TRACES_SAMPLER, OTEL_EXPORTER_OTLP_HEADERS and the other variables of the standard say how.',
    example: 'http://collector:4318',
  })
  @IsOptional()
  @Matches(/^https?:\/\/[^\s@/]+(\/[^\s@]*)?$/)
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  @Setting({
    section: 'Launcher',
    describe: 'Set by the launcher when the database is its own.',
    internal: true,
  })
  @IsBoolean()
  readonly QUAYSIDE_EMBEDDED_DATABASE: boolean = false;

  @Setting({
    section: 'Launcher',
    describe:
      'For tests of the product itself, with NODE_ENV=test: the step of creating a container at which the provisioner ends.',
    internal: true,
  })
  @IsOptional()
  @Matches(/^[a-z-]{1,32}$/)
  readonly FAILPOINT?: string;
}
