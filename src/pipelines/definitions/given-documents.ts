import { Injectable } from '@nestjs/common';
import { type FieldProblem, type JsonObject, type JsonValue } from '@app/kernel';
import { type PipelineDefinition } from './definition';
import { type PipelineBody } from './pipeline-body';
import { problem } from './problems';
import { ArgumentSchemas } from './tools/argument-schemas';

/** Holds what runs are given against the schemas of their pipeline, and the schemas against what can be checked. */
@Injectable()
export class GivenDocuments {
  constructor(private readonly schemas: ArgumentSchemas) {}

  /** Of a definition, before it is saved: a schema that nothing can be held against would only seem to check. */
  async judge({ input_schema, parameter_schema }: PipelineBody): Promise<readonly FieldProblem[]> {
    return [
      ...(await this.faultsOfSchema(input_schema, '/input_schema')),
      ...(await this.faultsOfSchema(parameter_schema, '/parameter_schema')),
    ];
  }

  /** Of a run, before it is written down. Pointers are those of the request that starts one. */
  async faultsOf(
    { inputSchema, parameterSchema }: PipelineDefinition,
    { input, parameters }: { readonly input: JsonValue; readonly parameters: JsonObject },
  ): Promise<readonly FieldProblem[]> {
    return [
      ...(await this.faults(inputSchema, input, '/input_data')),
      ...(await this.faults(parameterSchema, parameters, '/parameters')),
    ];
  }

  private async faultsOfSchema(schema: JsonObject | undefined, at: string): Promise<readonly FieldProblem[]> {
    if (schema === undefined) return [];
    const { type = 'object' } = schema;
    if (type !== 'object') return [problem(`${at}/type`, 'must be "object"', 'schema_invalid')];
    const reason = await this.schemas.reasonAgainst(schema);
    return reason === undefined ? [] : [problem(at, `cannot be used: ${reason}`, 'schema_invalid')];
  }

  private async faults(
    schema: JsonObject | undefined,
    value: JsonValue,
    at: string,
  ): Promise<readonly FieldProblem[]> {
    if (schema === undefined) return [];
    if (!isObject(value)) return [problem(at, 'must be an object', 'type')];
    const faults = await this.schemas.validate(schema, value, at);
    return faults.map((fault) =>
      fault.code === 'additionalProperties' ? { ...fault, detail: 'is not known to this pipeline' } : fault,
    );
  }
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
