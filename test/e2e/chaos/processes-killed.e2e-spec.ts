import { killUnderLoad } from './support/kill-under-load';
import { Siege } from './support/siege';

jest.setTimeout(400_000);

describe('kill -9 of the roles apart, under load', () => {
  let siege: Siege;

  beforeAll(async () => {
    siege = await Siege.start({ mode: 'roles' });
  }, 180_000);

  afterAll(() => siege.stop());

  it('P4, P7: acknowledged writes survive, each with one event and one audit row, and no status goes back', () =>
    killUnderLoad(siege, ['api', 'worker', 'api', 'worker', 'provisioner']));
});
