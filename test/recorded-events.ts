import { inspectBeforeDrop } from '@app/testing';
import type * as EventFaults from './event-faults';

/** They are about readers of the log, and write into it what suits them. */
const WRITES_ITSELF = /\/integration\/(?:realtime|notifications|outbox)\//;

/** Set-up of the projects with a database. What judges is loaded when there is something to judge. */
inspectBeforeDrop(async (client) => {
  if (WRITES_ITSELF.test(expect.getState().testPath ?? '')) return;
  const { faultsOfRecorded } = jest.requireActual<typeof EventFaults>('./event-faults');
  const faults = await faultsOfRecorded(client);
  if (faults.length > 0)
    throw new Error(`Events were recorded that break the contract:\n${faults.join('\n')}`);
});
