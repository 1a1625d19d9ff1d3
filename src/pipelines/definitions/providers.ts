import { DefinitionChecks } from './definition-checks';
import { GivenDocuments } from './given-documents';
import { PipelineChecksController } from './http/pipeline-checks.controller';
import { PipelineVersionsController } from './http/pipeline-versions.controller';
import { PipelinesController } from './http/pipelines.controller';
import { NestedPipelines } from './nested-pipelines';
import { PipelineAccess } from './pipeline-access';
import { PipelineChanges } from './pipeline-changes';
import { PipelineJournal } from './pipeline-journal';
import { PipelineReader } from './pipeline-reader';
import { PipelineRows } from './pipeline-rows';
import { PipelineVersions } from './pipeline-versions';
import { ArgumentSchemas } from './tools/argument-schemas';
import { ToolListAnswers } from './tools/tool-list-answers';
import { ToolListQuestions } from './tools/tool-list-questions';
import { ToolListRows } from './tools/tool-list-rows';
import { ToolStages } from './tools/tool-stages';

/** For every process that runs pipelines. */
export const DEFINITIONS = [PipelineVersions, ToolListRows, ArgumentSchemas, GivenDocuments];

/** Where people change them. The first controller holds words that would else be taken for names. */
export const DEFINITION_CONTROLLERS = [
  PipelineChecksController,
  PipelinesController,
  PipelineVersionsController,
];
export const DEFINITION_CHANGES = [
  PipelineAccess,
  ...[PipelineRows, PipelineReader, PipelineChanges, PipelineJournal, NestedPipelines, DefinitionChecks],
  ...[ToolListQuestions, ToolStages],
];

/** Where servers are reached. */
export const DEFINITION_ANSWERS = [ToolListAnswers];
