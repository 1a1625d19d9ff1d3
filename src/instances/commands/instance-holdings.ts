import { Injectable } from '@nestjs/common';
import { type InstanceSpec } from '@app/contracts';
import { principalOfRequest } from '@app/telemetry';
import { type HeldAmounts, ownerOf, Quotas } from '../../limits';
import { type InstanceState } from '../domain/instance';
import { cpuCount, memoryBytes } from '../domain/quantities';

const MILLIS = 1_000;
/** What the engine gives a container whose specification says nothing. */
const DEFAULT_MEMORY_BYTES = 256 * 1_024 ** 2;
const DEFAULT_CORES = 0.5;

/** Counts what an instance is wanted to use, in the name of whoever made it; in the transaction that stores the wish. */
@Injectable()
export class InstanceHoldings {
  constructor(private readonly quotas: Quotas) {}

  /** After every change, whatever it was: what is held is what the state says. */
  async follow(state: InstanceState): Promise<void> {
    const holder = { kind: 'instances', id: state.id };
    await this.quotas.hold(holder, amountsOf(state), ownerOf(principalOfRequest()));
  }
}

/** What is being deleted holds nothing any more: nobody can want anything of it. */
export function amountsOf({
  desired,
  replicas,
  spec,
}: Pick<InstanceState, 'desired' | 'replicas' | 'spec'>): HeldAmounts {
  if (desired === 'deleted') return {};
  if (desired === 'stopped') return { instances: 1 };
  const { memory, cpuMillis } = sizeOf(spec);
  return {
    ...{ instances: 1, running_instances: replicas },
    ...{ memory_bytes: replicas * memory, cpu_millis: replicas * cpuMillis },
  };
}

/** Of one container; a remote server uses nothing here. */
function sizeOf(spec: InstanceSpec): { readonly memory: number; readonly cpuMillis: number } {
  if (spec.type === 'url') return { memory: 0, cpuMillis: 0 };
  const { memory_limit: memory, cpu_limit: cpus } = spec.resources ?? {};
  const wanted = memory === undefined ? undefined : memoryBytes(memory);
  const cores = cpus === undefined ? undefined : cpuCount(cpus);
  return {
    memory: wanted ?? DEFAULT_MEMORY_BYTES,
    cpuMillis: Math.round((cores ?? DEFAULT_CORES) * MILLIS),
  };
}
