import { Inject, Injectable, type OnModuleInit, Optional } from '@nestjs/common';
import { type EngineHealth } from '@app/contracts';
import { EngineQuestions } from '../instances';
import { type HealthFinding, HealthService } from '../observability';
import { Provisioner } from '../provisioner';

/** Whether containers can run is part of the health of whoever runs them, and of the API that promises them. */
@Injectable()
export class EngineHealthCheck implements OnModuleInit {
  constructor(
    private readonly health: HealthService,
    private readonly questions: EngineQuestions,
    @Optional() @Inject(Provisioner) private readonly provisioner?: Provisioner,
  ) {}

  /** Never required: wishes are accepted without an engine, and servers that run go on. */
  onModuleInit(): void {
    this.health.add({
      name: 'engine',
      requiredFor: 'info',
      check: async () => toFinding(this.provisioner?.answers.health() ?? (await this.questions.health())),
    });
  }
}

const toFinding = ({ ok, detail, kind }: EngineHealth): HealthFinding => ({ ok, detail, mode: kind });
