import { type MessagePort } from 'node:worker_threads';
import { type Ajv, type AnySchemaObject, type ErrorObject, type Plugin, type ValidateFunction } from 'ajv';

export interface SchemaRequest {
  readonly kind: 'compile' | 'validate' | 'forget';
  readonly key: string;
  readonly schema?: AnySchemaObject;
  readonly args?: unknown;
}

export interface SchemaFault {
  readonly path: string;
  readonly keyword: string;
  readonly member?: string;
  readonly message: string;
}

export interface SchemaReply {
  /** Why a schema cannot be used. */
  readonly reason?: string;
  readonly faults?: readonly SchemaFault[];
  /** `validate` of a schema that is not known any more. */
  readonly isUnknown?: boolean;
}

/** What the thread loads by itself; it is given paths, because it has no place in the file tree of its own. */
export interface SchemaModules {
  readonly Ajv2020: new (options: object) => Ajv;
  readonly AjvDraft07: new (options: object) => Ajv;
  readonly addFormats: Plugin<unknown>;
}

/**
 * The program of the thread. Self-contained on purpose, nothing from outside its braces: its source text is what the
 * thread runs, so that it is the same from sources and from the build, with no file to be found at run time.
 */
export function schemaWorker(port: MessagePort, modules: SchemaModules, maxFaults: number): void {
  const options = {
    strict: false,
    allErrors: true,
    validateSchema: false,
    logger: false,
    addUsedSchema: false,
  };
  const compiled = new Map<string, ValidateFunction>();

  const compile = (key: string, schema: AnySchemaObject): SchemaReply => {
    try {
      const isDraft07 = typeof schema.$schema === 'string' && schema.$schema.includes('draft-07');
      // A compiler of its own for each schema: `$id`s of one server must not meet those of another.
      const ajv = isDraft07 ? new modules.AjvDraft07(options) : new modules.Ajv2020(options);
      modules.addFormats(ajv);
      const { $schema: _dialect, ...body } = schema;
      compiled.set(key, ajv.compile(body));
      return {};
    } catch (error) {
      return { reason: error instanceof Error ? error.message.slice(0, 300) : 'cannot be compiled' };
    }
  };

  const describe = ({ instancePath, keyword, params, message }: ErrorObject): SchemaFault => {
    const { missingProperty, additionalProperty } = params as Record<string, unknown>;
    const member = missingProperty ?? additionalProperty;
    const fault = { path: instancePath, keyword, message: message ?? keyword };
    return typeof member === 'string' ? { ...fault, member } : fault;
  };

  const answer = ({ kind, key, schema, args }: SchemaRequest): SchemaReply => {
    if (kind === 'compile') return compile(key, schema ?? {});
    const validate = compiled.get(key);
    if (kind === 'forget') compiled.delete(key);
    if (kind === 'forget') return {};
    if (validate === undefined) return { isUnknown: true };
    return validate(args)
      ? { faults: [] }
      : { faults: (validate.errors ?? []).slice(0, maxFaults).map(describe) };
  };

  port.on('message', (request: SchemaRequest) => {
    port.postMessage(answer(request));
  });
}
