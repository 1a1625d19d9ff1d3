/** What the provisioner can find out about a server while somebody waits, each within seconds. */
export const EXAMINATIONS = ['reach', 'tokens', 'newer', 'older'] as const;
export type Examination = (typeof EXAMINATIONS)[number];

export interface ExamineRequest {
  readonly instance_id: string;
  readonly what: Examination;
}

/** How far a request came before it failed. */
export type ReachedLayer = 'dns' | 'egress' | 'tcp' | 'tls' | 'http' | 'mcp' | 'auth' | 'timeout';

/** One answer, in words that may be shown: no secret, nothing of a body. */
export interface ExamineReply {
  /** false: there was nobody to ask, or the question makes no sense here; `detail` says why. */
  readonly asked: boolean;
  readonly ok: boolean;
  readonly detail: string;
  /** Where it failed. */
  readonly layer?: ReachedLayer;
  /** The code of the failure, as problems name it. */
  readonly code?: string;
  readonly facts: ExaminedFacts;
}

export interface ExaminedFacts {
  /** Host and port that were asked; of a remote server the origin. */
  readonly address?: string;
  readonly is_secure?: boolean;
  /** Of a container: where the server was looked for, and what its image says of ports. */
  readonly port?: number;
  readonly exposed_ports?: readonly number[];
  readonly http_status?: number;
  readonly content_type?: string;
  readonly era?: 'older' | 'newer';
  readonly tools?: number;
  readonly latency_ms?: number;
  readonly server?: string;
  readonly issuer?: string;
  readonly token_url?: string;
}
