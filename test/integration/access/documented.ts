import { type AnySchema, Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { type ServingRole } from '../routes/served';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = Readonly<Record<string, Json>>;
interface Media {
  readonly schema?: AnySchema;
  readonly example?: Json;
  readonly examples?: Readonly<Record<string, { readonly value: Json }>>;
}
interface Holder {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, Media>>;
}
interface Described {
  readonly operationId?: string;
  readonly requestBody?: Holder;
  readonly responses?: Readonly<Record<string, Holder>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, Holder>>>>;
}

/** In the place of a value: of other types, at the ends of what there is, and what parsers and stores stumble over. */
const ODD: readonly Json[] = [
  ...[true, -1, 1e308, 0.5, '', ' ', '\u0000', '\ud800', 'x'.repeat(5_000), '../../etc/passwd'],
  ...[[], [[]], {}, { $ref: '#' }, "'; DROP TABLE x; --", '${input.x}', 'https://127.0.0.1:9/'],
];
const ELSEWHERE = /https?:\/\/[^/"]+/g;

/** What the OpenAPI document promises of answers, and bodies that almost keep what it asks for. */
export class Documented {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly operations = new Map<
    string,
    Described & { readonly document: Document; readonly id: string }
  >();
  private readonly validators = new Map<string, ValidateFunction | undefined>();

  constructor(documents: Readonly<Record<ServingRole, unknown>>) {
    addFormats(this.ajv);
    for (const [id, raw] of Object.entries(documents)) {
      const document = raw as Document;
      this.ajv.addSchema({ $id: id, components: document.components });
      for (const one of Object.values(document.paths).flatMap((item) => Object.values(item)))
        if (one.operationId !== undefined) this.operations.set(one.operationId, { ...one, document, id });
    }
  }

  /** What is wrong with an answer; undefined when it is as the document says. */
  faultOf(operation: string, status: number, body: object): string | undefined {
    const described = this.operations.get(operation);
    if (described?.responses?.[status] === undefined) return `${operation} may not answer ${String(status)}`;
    const key = `${operation} ${String(status)}`;
    if (!this.validators.has(key))
      this.validators.set(key, this.compile(described, described.responses[status]));
    const validate = this.validators.get(key);
    if (validate === undefined || Object.keys(body).length === 0 || validate(body)) return undefined;
    return `${key}: ${this.ajv.errorsText(validate.errors)}`;
  }

  /** Its example with one member at a time replaced by something odd; addresses lead nowhere, and nothing waits. */
  oddBodies(operation: string): readonly object[] {
    const example = this.exampleOf(operation);
    if (typeof example !== 'object' || example === null || Array.isArray(example)) return [];
    const text = JSON.stringify(example).replaceAll(ELSEWHERE, 'https://127.0.0.1:9');
    const tame = { ...(JSON.parse(text) as JsonObject), ...('wait_s' in example ? { wait_s: 0 } : {}) };
    // Null for each, because it passes wherever a check asks only what is there; of the others the place says which one.
    return Object.keys(tame).flatMap((name, at) => [
      { ...tame, [name]: null },
      { ...tame, [name]: ODD[(at + operation.length) % ODD.length] ?? null },
    ]);
  }

  private exampleOf(operation: string): Json | undefined {
    const media = this.operations.get(operation)?.requestBody?.content?.['application/json'];
    return media?.example ?? Object.values(media?.examples ?? {})[0]?.value;
  }

  private compile(
    { document, id }: { readonly document: Document; readonly id: string },
    holder: Holder,
  ): ValidateFunction | undefined {
    const name = holder.$ref?.split('/').at(-1);
    const { content = {} } =
      name === undefined ? holder : (document.components['responses']?.[name] ?? holder);
    const schema = Object.entries(content).find(([type]) => type.endsWith('json'))?.[1].schema;
    if (schema === undefined) return undefined;
    const anchored = JSON.stringify(schema).replaceAll('"#/components/', `"${id}#/components/`);
    return this.ajv.compile(JSON.parse(anchored) as AnySchema);
  }
}
