import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AuditSealer } from '../audit';
import { type HealthFinding, HealthService } from '../observability';

/** A trail that nobody seals can be rewritten unnoticed: said, though nothing is lost. */
@Injectable()
export class AuditHealthCheck implements OnModuleInit {
  constructor(
    private readonly health: HealthService,
    private readonly sealer: AuditSealer,
  ) {}

  onModuleInit(): void {
    this.health.add({
      name: 'audit',
      requiredFor: 'info',
      check: () => Promise.resolve(findingOf(this.sealer)),
    });
  }
}

function findingOf(sealer: AuditSealer): HealthFinding {
  const { healthy, sealing, lastError } = sealer.state();
  if (!healthy) return { ok: false, detail: `The audit trail is not sealed: ${lastError ?? 'unknown'}` };
  return {
    ok: true,
    detail: sealing ? 'The audit trail is sealed here.' : 'The audit trail is sealed by another worker.',
  };
}
