import { Injectable, Optional } from '@nestjs/common';
import { Database } from '@app/database';
import { QueueSet } from '@app/queues';
import { EgressPolicy, Keyring } from '@app/security';
import { Metrics, Scrubber } from '@app/telemetry';
import { SecretReader } from '../secrets';
import { Prober } from './probe/prober';

/** Everything outside the engines that the provisioner talks to. */
@Injectable()
export class Surroundings {
  constructor(
    readonly database: Database,
    readonly queues: QueueSet,
    readonly egress: EgressPolicy,
    readonly prober: Prober,
    @Optional() readonly metrics?: Metrics,
  ) {}
}

/** Everything that opens, makes or hides secrets. */
@Injectable()
export class SecretKeepers {
  constructor(
    readonly reader: SecretReader,
    readonly keyring: Keyring,
    readonly scrubber: Scrubber,
  ) {}
}
