import { killUnderLoad } from './support/kill-under-load';
import { Siege } from './support/siege';

jest.setTimeout(400_000);

describe.each([
  ['the one process', { mode: 'all-in-one' }, ['all-in-one', 'all-in-one', 'all-in-one']],
  ['the roles apart', { mode: 'roles' }, ['api', 'worker', 'api', 'worker', 'provisioner']],
] as const)('kill -9 of %s, under load', (_name, options, victims) => {
  let siege: Siege;

  beforeAll(async () => {
    siege = await Siege.start(options);
  }, 180_000);

  afterAll(() => siege.stop());

  it('P4, P7: acknowledged writes survive, each with one event and one audit row, and no status goes back', () =>
    killUnderLoad(siege, victims));
});
