import { describeWithEngine } from '@app/testing';
import { Engine } from '../engine';
import { Installation } from '../installation';
import { ROLES, Steps } from '../role-steps';

/** Guards against hanging; how long a step may take is said where it is waited for. */
jest.setTimeout(300_000);

describeWithEngine('each role in a process of its own', ({ socketPath, host }) => {
  const engine = new Engine(socketPath);

  describe('with queues on PostgreSQL', () => {
    let quayside: Installation;
    beforeAll(async () => {
      quayside = await Installation.start({ mode: 'roles', engine: host });
    });
    afterAll(() => quayside.stop());

    it('does the main job together with the others', () => new Steps(quayside, engine).mainJob());

    it.each(ROLES)('%s says what it is', (role) =>
      new Steps(quayside, engine).saysWhatItIs(role, /^PostgreSQL/),
    );
  });
});
