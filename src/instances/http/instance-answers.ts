import { Injectable } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { InstanceScopes } from '../access/instance-scopes';
import { type AcceptedChange } from '../commands/instance.commands';
import { isTerminal } from '../domain/operation';
import { InstancesOptions } from '../instances.options';
import { InstanceQueries } from '../queries/instance-queries';
import { type InstanceView } from '../queries/instance-view';
import { OperationWaiter } from '../queries/operation-waiter';
import { type CreateInstanceDto } from './create-instance.dto';
import { type InstanceDto } from './instance.dto';
import { type CreateQuery } from './instance-requests.dto';
import { presentInstance, viewOfNew } from './present-instance';

const INSTANCES = '/api/v1/mcp/instances';
export const OPERATIONS = '/api/v1/operations';
/** What 200 means where 202 is usual. */
export const DONE = 'It was done within the time of `wait`, or there was nothing to do.';

/** Turns an accepted change into the answer that the conventions promise: status, Location, Retry-After, waiting. */
@Injectable()
export class InstanceAnswers {
  constructor(
    private readonly queries: InstanceQueries,
    private readonly waiter: OperationWaiter,
    private readonly options: InstancesOptions,
    private readonly scopes: InstanceScopes,
  ) {}

  async created(
    accepted: AcceptedChange,
    body: CreateInstanceDto,
    query: CreateQuery,
    reply: FastifyReply,
  ): Promise<InstanceDto> {
    const { state } = accepted;
    const mark = body.service_name === undefined ? {} : acceptance(state.id, state.name);
    if (query.dry_run === true) return this.dry(accepted, reply);
    reply.header('location', `${INSTANCES}/${state.id}`);
    await this.waitFor(accepted, query.wait);
    const view =
      (query.wait ?? 0) > 0 ? await this.queries.find(this.scopes.ofAccepted(), state.id) : undefined;
    return presentInstance(view ?? viewOfNew(state), this.options.publicUrl, {
      ...operation(accepted),
      ...mark,
    });
  }

  async changed(accepted: AcceptedChange, query: CreateQuery, reply: FastifyReply): Promise<InstanceDto> {
    if (query.dry_run === true) return this.dry(accepted, reply);
    const hasEnded = accepted.operationId === undefined || (await this.waitFor(accepted, query.wait));
    if (accepted.operationId !== undefined) reply.header('location', `${OPERATIONS}/${accepted.operationId}`);
    if (hasEnded) reply.status(200);
    else reply.status(202).header('retry-after', '1');
    const view =
      (await this.queries.find(this.scopes.ofAccepted(), accepted.state.id)) ?? viewOfGone(accepted);
    return presentInstance(view, this.options.publicUrl, operation(accepted));
  }

  present(view: InstanceView): InstanceDto {
    return presentInstance(view, this.options.publicUrl);
  }

  private dry({ state }: AcceptedChange, reply: FastifyReply): InstanceDto {
    reply.status(200);
    return presentInstance(viewOfNew(state), this.options.publicUrl, { dry_run: true });
  }

  private async waitFor({ operationId }: AcceptedChange, seconds = 0): Promise<boolean> {
    if (operationId === undefined || seconds === 0) return false;
    const { status } = await this.waiter.wait(this.scopes.ofAccepted(), operationId, seconds);
    return isTerminal(status);
  }
}

const operation = ({ operationId }: AcceptedChange): Partial<InstanceDto> =>
  operationId === undefined ? {} : { operation_id: operationId };

/** The three members that the older create request is answered with. */
const acceptance = (id: string, name: string): Partial<InstanceDto> => ({
  success: true,
  config_id: id,
  message: `Instance "${name}" was accepted.`,
});

const viewOfGone = ({ state }: AcceptedChange): InstanceView => ({
  ...viewOfNew(state),
  status: 'deleted',
  reason: 'Gone, with everything it owned.',
});
