import { Injectable } from '@nestjs/common';
import { type FieldProblem } from '@app/kernel';
import { type Principal } from '@app/telemetry';
import { GivenDocuments } from './given-documents';
import { NestedPipelines } from './nested-pipelines';
import { type PipelineBody } from './pipeline-body';
import { PipelineInvalidError } from './pipeline.errors';
import { ToolStages } from './tools/tool-stages';
import { validateDefinition } from './validate-definition';

export interface Judged {
  readonly problems: readonly FieldProblem[];
  /** What could not be found out now; a run may still meet it. */
  readonly warnings: readonly FieldProblem[];
}

/** All that is asked of a definition before it is saved, but for what only the transaction can say. */
@Injectable()
export class DefinitionChecks {
  constructor(
    private readonly tools: ToolStages,
    private readonly nested: NestedPipelines,
    private readonly documents: GivenDocuments,
  ) {}

  async judge(principal: Principal, body: PipelineBody, selfId?: string): Promise<Judged> {
    const own = validateDefinition(body);
    if (own.length > 0) return { problems: own, warnings: [] };
    const { problems, warnings } = await this.judgeParts(principal, body);
    const nested = await this.nested.resolve(principal, body, selfId);
    return { problems: [...problems, ...nested.problems], warnings };
  }

  /** Throws for what is wrong; other pipelines are looked at again in the transaction that saves. */
  async demand(principal: Principal, body: PipelineBody): Promise<readonly FieldProblem[]> {
    const own = validateDefinition(body);
    if (own.length > 0) throw new PipelineInvalidError(own);
    const { problems, warnings } = await this.judgeParts(principal, body);
    if (problems.length > 0) throw new PipelineInvalidError(problems);
    return warnings;
  }

  private async judgeParts(principal: Principal, body: PipelineBody): Promise<Judged> {
    const schemas = await this.documents.judge(body);
    const { problems, warnings } = await this.tools.judge(principal, body.stages);
    return { problems: [...schemas, ...problems], warnings };
  }
}
