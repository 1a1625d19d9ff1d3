import { Injectable } from '@nestjs/common';
import {
  type Environment,
  type EnvironmentVariable,
  looksLikeSecretReference,
  type ProbesReply,
  type StatsReply,
} from '@app/contracts';
import { DefinitionReader } from '../../catalog';
import { type InstanceScope } from '../domain/instance-scope';
import { EngineQuestions } from './engine-questions';
import { InstanceQueries } from './instance-queries';
import { type InstanceView } from './instance-view';

/** One variable as it may be shown: what a secret holds is told to nobody. */
export interface VariableView {
  readonly name: string;
  readonly secret: boolean;
  readonly set: boolean;
  readonly declared: boolean;
  readonly required: boolean;
  readonly type: EnvironmentVariable['type'];
  readonly description: string;
  /** Only of variables that are no secrets. */
  readonly value?: string;
  /** Only of secrets. */
  readonly reference?: string;
}

/** What goes beyond the record of an instance: its environment against the contract, its health. */
@Injectable()
export class InstanceInsight {
  constructor(
    private readonly instances: InstanceQueries,
    private readonly definitions: DefinitionReader,
    private readonly engine: EngineQuestions,
  ) {}

  /** What is remote uses nothing here, and is asked all the same whether it serves. */
  async stats(scope: InstanceScope, idOrName: string): Promise<StatsReply & ProbesReply> {
    const { id, spec } = await this.instances.get(scope, idOrName);
    const [use, health] = await Promise.all([
      spec.type === 'url' ? { replicas: [] } : this.engine.stats(id),
      this.engine.probes(id),
    ]);
    return { ...use, ...health };
  }

  async environment(scope: InstanceScope, idOrName: string): Promise<readonly VariableView[]> {
    const view = await this.instances.get(scope, idOrName);
    return variablesOf(environmentOf(view), await this.schemaOf(scope, view));
  }

  private async schemaOf(
    scope: InstanceScope,
    { serverSpecId }: InstanceView,
  ): Promise<readonly EnvironmentVariable[]> {
    const definition = serverSpecId === null ? undefined : await this.definitions.byId(scope, serverSpecId);
    return definition?.envSchema ?? [];
  }
}

const environmentOf = ({ spec }: InstanceView): Environment =>
  spec.type === 'url' ? {} : (spec.environment ?? {});
const isSet = (values: Environment, name: string): boolean =>
  Object.hasOwn(values, name) ? values[name] !== '' : false;

function variablesOf(values: Environment, schema: readonly EnvironmentVariable[]): readonly VariableView[] {
  const declared = new Map(schema.map((variable) => [variable.name, variable]));
  const names = new Set([...declared.keys(), ...Object.keys(values)]);
  return [...names].sort().map((name) => {
    const value = isSet(values, name) ? values[name] : undefined;
    const about = {
      ...UNDECLARED,
      ...declared.get(name),
      name,
      set: value !== undefined,
      declared: declared.has(name),
    };
    return variableView(about, value);
  });
}

const UNDECLARED = { type: 'string', description: '', required: false, secret: false } as const;

/** A reference is a secret, whatever the definition says. */
function variableView(
  { name, set, declared, required, type, description, secret }: Omit<VariableView, 'value' | 'reference'>,
  value: string | undefined,
): VariableView {
  const view = { name, set, declared, required, type, description };
  if (value !== undefined && looksLikeSecretReference(value))
    return { ...view, secret: true, reference: value };
  return value === undefined || secret ? { ...view, secret } : { ...view, secret, value };
}
