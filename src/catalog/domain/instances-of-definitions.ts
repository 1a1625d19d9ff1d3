import { type FieldProblem, type JsonObject } from '@app/kernel';

/** A remote server as it is registered in one step: the definition and its one instance. */
export interface RemoteInstance {
  readonly name: string;
  readonly description: string;
  readonly definitionId: string;
  readonly jsonSpec: JsonObject;
}

/** What the catalogue has to know of instances. They know the catalogue, so their side comes in through this port. */
export abstract class InstancesOfDefinitions {
  /** Joins the caller's transaction. */
  abstract createRemote(remote: RemoteInstance): Promise<{ id: string }>;
  /** What is wrong with the part of a specification that a definition gives; that it is only a part is no fault. */
  abstract judgeDefaults(base: JsonObject): readonly FieldProblem[];
  abstract countUsing(definitionId: string): Promise<number>;
  /** Of several, within one workspace; a definition that nobody uses is left out. */
  abstract countsUsing(
    workspaceId: string,
    definitionIds: readonly string[],
  ): Promise<ReadonlyMap<string, number>>;
  /** Lets go of a definition in the records of instances that are gone. */
  abstract detachDeleted(definitionId: string): Promise<void>;
}
