import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Database } from '@app/database';
import { DomainError } from '@app/kernel';
import { InstanceScopes } from '../access/instance-scopes';
import { InstanceCreation, type JudgedDraft } from '../commands/instance-creation';
import { CreateInstanceCommand } from '../commands/instance.commands';
import { SpecPreparation } from '../commands/spec-preparation';
import { type Caller } from '../domain/caller';
import { InstanceNameTakenError } from '../domain/instance.errors';
import { type InstanceDraft } from '../domain/instance-draft';
import { EngineQuestions } from '../queries/engine-questions';
import { InstanceQueries } from '../queries/instance-queries';
import { referencePointers } from '../spec/secret-moves';
import { EndpointCheck } from './endpoint-check';
import { finding, type PreflightCheck, type PreflightReport, reportOf } from './preflight';

/** Everything that can be known of an instance before it is made. Each check stands for itself; nothing is stored. */
@Injectable()
export class Preflight {
  // eslint-disable-next-line max-params -- A constructor that is called by the container; each part is one word here.
  constructor(
    private readonly db: Database,
    private readonly commands: CommandBus,
    private readonly creation: InstanceCreation,
    private readonly preparation: SpecPreparation,
    private readonly instances: InstanceQueries,
    private readonly scopes: InstanceScopes,
    private readonly engine: EngineQuestions,
    private readonly endpoint: EndpointCheck,
  ) {}

  async check(draft: InstanceDraft, caller: Caller): Promise<PreflightReport> {
    let judged: JudgedDraft | undefined;
    const specification = await finding('specification', async () => {
      judged = await this.creation.judge(draft, caller);
      return 'The specification is valid.';
    });
    const name = await finding('name', () => this.nameIsFree(draft.name));
    // Without a specification there is nothing to look for.
    if (judged === undefined) return reportOf([specification, name]);
    const known = judged;
    const secrets = await finding('secrets', () => this.secretsResolve(known, caller));
    const sofar = [specification, name, secrets];
    const room = reportOf(sofar).ok ? [await finding('room', () => this.wouldBeAccepted(draft, caller))] : [];
    return reportOf([...sofar, ...room, ...(await this.surroundings(known))]);
  }

  private async nameIsFree(name: string): Promise<string> {
    const found = await this.isTaken(name);
    if (found) throw new InstanceNameTakenError(name);
    return `The name "${name}" is free.`;
  }

  /** An instance that the caller must not see has its name all the same. */
  private async isTaken(name: string): Promise<boolean> {
    try {
      const found = await this.instances.find(this.scopes.ofRequest('instances:read'), name);
      return found?.name === name;
    } catch (error) {
      if (error instanceof DomainError) return true;
      throw error;
    }
  }

  private async secretsResolve({ prepared, wanted }: JudgedDraft, caller: Caller): Promise<string> {
    await this.db.transaction(() => this.preparation.assertReferences(prepared, wanted.id, caller));
    const count = referencePointers(prepared.spec).size;
    return count === 0 ? 'It needs no secret.' : 'Every secret it names can be had.';
  }

  /** The whole creation, taken back at its end: limits and racing names are judged where they are in earnest. */
  private async wouldBeAccepted(draft: InstanceDraft, caller: Caller): Promise<string> {
    await this.commands.execute(new CreateInstanceCommand(draft, caller, true));
    return 'There is room for it.';
  }

  private async surroundings({
    prepared: { spec },
    wanted,
  }: JudgedDraft): Promise<readonly PreflightCheck[]> {
    if (spec.type === 'url') return [await this.endpoint.look(spec, wanted.name)];
    if (spec.type === 'stdio')
      return [{ name: 'image', status: 'ok', detail: 'It ships with this server; nothing is downloaded.' }];
    return [await this.imageOf(spec.image)];
  }

  /** Silence of the engine's holder is a finding, not a failure of the check. */
  private async imageOf(image: string): Promise<PreflightCheck> {
    try {
      const { verdict, detail } = await this.engine.image(image);
      const status = verdict === 'missing' ? 'failed' : verdict === 'unknown' ? 'warning' : 'ok';
      return { name: 'image', status, detail, ...(status === 'failed' ? { code: 'image_not_found' } : {}) };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { name: 'image', status: 'warning', detail: error.message, code: error.code };
    }
  }
}
