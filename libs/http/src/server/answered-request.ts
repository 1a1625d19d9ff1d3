import { type RequestScope } from '@app/telemetry';

/** One request of the API, when all of its answer was sent. */
export interface AnsweredRequest {
  readonly method: string;
  readonly url: string;
  /** The pattern that matched; undefined where none did. */
  readonly route: string | undefined;
  readonly status: number;
  readonly elapsedMs: number;
  /** Where somebody wants to know it. */
  readonly scope: RequestScope | undefined;
}

export type OnAnswered = (answered: AnsweredRequest) => void;
