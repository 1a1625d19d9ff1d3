/** The stored `json_spec` of an instance: snake_case as the API prints it, validated, merged over its definition. */
export type InstanceSpec = DockerSpec | UrlSpec | StdioSpec;

export type Transport = 'streamable-http' | 'sse' | 'stdio';

/** How a secret reaches a container, strongest first (the order of preference is the provisioner's). */
export type SecretDelivery = 'header' | 'file' | 'launcher' | 'stdin' | 'env';

/** Whether the clients of a server that speaks over its standard streams share one process. */
export type SessionIsolation = 'shared' | 'per_session';

/** Each is a process, and most machines are small. */
export const DEFAULT_MAX_SESSIONS = 8;
export const MAX_SESSIONS_LIMIT = 64;

export interface ResourceLimits {
  /** `256m`, `1g`: Docker's spelling. */
  readonly memory_limit?: string;
  /** Cores as text: `0.5`. */
  readonly cpu_limit?: string;
  readonly pids_limit?: number;
}

export interface HealthCheck {
  readonly path?: string;
  /** Seconds. */
  readonly interval?: number;
  /** Seconds. */
  readonly timeout?: number;
}

/** Values are text; a secret is always a reference `secret_ref:<scope>:<NAME>[@version]`. */
export type Environment = Readonly<Record<string, string>>;

export interface DockerSpec {
  readonly type: 'docker';
  readonly image: string;
  readonly port?: number;
  readonly environment?: Environment;
  readonly command?: readonly string[];
  readonly resources?: ResourceLimits;
  readonly health_check?: HealthCheck;
  readonly transport?: Transport;
  readonly network?: { readonly egress?: 'none' };
  readonly mcp_path?: string;
  readonly session_isolation?: SessionIsolation;
  /** Processes of their own at once, where sessions have such. */
  readonly max_sessions?: number;
  /** Seconds a call may take. */
  readonly timeout?: number;
  /** Stronger deliveries that this image understands (`security.md` §8: 1 and 2 only where the template says so). */
  readonly secret_delivery?: readonly ('header' | 'file')[];
  /** A new version of a secret that it refers to without a version is a reason to start again. */
  readonly restart_on_rotate?: boolean;
}

export type UrlAuthentication =
  | { readonly type: 'none' }
  | { readonly type: 'bearer'; readonly token: string }
  | {
      readonly type: 'oauth2_client_credentials';
      /** Without it the authorization server is found through what the MCP server says of itself. */
      readonly token_url?: string;
      readonly client_id: string;
      readonly client_secret: string;
      readonly scopes?: readonly string[];
    };

export interface UrlSpec {
  readonly type: 'url';
  readonly endpoint: string;
  /** A path, or an object: both are printed. Stored as the object. */
  readonly health_check?: HealthCheck;
  /** Seconds a call may take. */
  readonly timeout?: number;
  readonly authentication?: UrlAuthentication;
  readonly headers?: readonly { readonly key: string; readonly value: string }[];
  readonly transport?: 'streamable-http' | 'sse';
}

/** A server whose code ships with us, run by the process engine. */
export interface StdioSpec {
  readonly type: 'stdio';
  /** The name of a bundled entry. */
  readonly command: string;
  readonly args?: readonly string[];
  readonly environment?: Environment;
  readonly resources?: ResourceLimits;
  readonly health_check?: HealthCheck;
  readonly session_isolation?: SessionIsolation;
  readonly max_sessions?: number;
  readonly timeout?: number;
  /** A new version of a secret that it refers to without a version is a reason to start again. */
  readonly restart_on_rotate?: boolean;
}

/** One variable of a definition's contract (`env_schema`). */
export interface EnvironmentVariable {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'json' | 'url';
  readonly description?: string;
  readonly required?: boolean;
  readonly secret?: boolean;
  readonly default?: string | null;
}

/** A row of the view `desired_instances`: all the provisioner may know of what is wanted. */
export interface DesiredInstanceRow {
  readonly id: string;
  readonly name: string;
  readonly generation: number;
  /** What containers are made for; older than the generation where only the number of replicas has changed since. */
  readonly container_generation: number;
  readonly desired_state: 'running' | 'stopped' | 'deleted';
  readonly replicas: number;
  readonly spec: InstanceSpec;
}
