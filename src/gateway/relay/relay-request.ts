import { type TimeLimits } from '@app/kernel';
import { type McpEra, type ScannedMessage } from '@app/mcp';
import { type TerminalFront } from '../faces/face-request';
import { type Visit } from '../faces/visit';
import { type CallLedger } from '../records/call-record';
import { type CallableRoute } from '../routing/route';
import { type UpstreamPool } from '../upstream/upstream-pool';
import { type EraVerdicts } from './era-verdicts';
import { type KeepAlives } from './keep-alives';
import { type RelaySession, type RelaySessions } from './relay-sessions';
import { type RelayTarget } from './relay-target';

/** One message for a server that understands it as it is. */
export interface RelayRequest {
  readonly visit: Visit;
  readonly scan: ScannedMessage;
  readonly body: Buffer;
  readonly route: CallableRoute;
  readonly target: RelayTarget;
  readonly era: McpEra;
  readonly session: RelaySession | undefined;
}

/** What every call of the relay works with. */
export interface RelayTools {
  readonly sessions: RelaySessions;
  readonly verdicts: EraVerdicts;
  readonly pool: UpstreamPool;
  readonly ledger: CallLedger;
  readonly front: TerminalFront;
  readonly keepAlives: KeepAlives;
  readonly limits: TimeLimits;
  readonly defaultCallTimeoutMs: number;
}
