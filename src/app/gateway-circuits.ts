import { Injectable, type OnModuleInit } from '@nestjs/common';
import { UpstreamPool } from '../gateway';
import { Circuits } from '../instances';

/** Where one process does everything, a diagnosis can be told what the gateway met. */
@Injectable()
export class GatewayCircuits implements OnModuleInit {
  constructor(
    private readonly circuits: Circuits,
    private readonly pool: UpstreamPool,
  ) {}

  onModuleInit(): void {
    this.circuits.follow((instanceId) => this.pool.peek(instanceId)?.state());
  }
}
