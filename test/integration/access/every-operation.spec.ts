import { Served } from '../routes/served';
import { type Callers, callersOf } from './callers';
import { Documented } from './documented';
import { Guarded, type Operation } from './guarded';
import { type Fixture, type Row, VERDICTS } from './verdicts';

const UNKNOWN = new Set(['nobody', 'expired', 'wrong audience']);
/** What the key with one scope is left: what everybody holds, and the one scope. */
const LEFT =
  /^(getMe|getMyPermissions|changeOwnPassword|signOut|endSession|createSocketTicket|listOwnSessions|endOwnSession|listSavedViews|putSavedView|removeSavedView|getOverview|streamEvents|listPrompts|getPrompt)$/;

function expected(caller: string, operation: string, row: Row): number {
  if (row.isPublic === true) return row.status;
  if (UNKNOWN.has(caller)) return 401;
  if (caller === 'elsewhere') return row.elsewhere;
  if (caller === 'no scope') return LEFT.test(operation) ? row.status : 403;
  if (!(row.held as readonly string[]).includes(caller)) return 403;
  return caller === 'admin' ? row.status : (row.own ?? row.status);
}

describe('every operation', () => {
  let guarded: Guarded;
  let callers: Callers;
  let fixture: Fixture;
  let documented: Documented;

  beforeAll(async () => {
    const served = await Served.start();
    guarded = await Guarded.start(served);
    callers = await callersOf(served);
    fixture = await guarded.fill();
    documented = new Documented({ api: served.document('api'), gateway: served.document('gateway') });
  }, 180_000);
  afterAll(() => (guarded as Guarded | undefined)?.served.stop());

  it('of the document has its row, and every row its operation', () => {
    expect(guarded.operations.map(({ operation }) => operation).sort()).toEqual(Object.keys(VERDICTS).sort());
  });

  it('answers each kind of caller as its row says, with what the document promises', async () => {
    const wrong: string[] = [];
    const ask = async (operation: Operation, row: Row): Promise<void> => {
      for (const [caller, key] of callers) {
        const { status, body } = await guarded.ask(operation, row.ask?.(fixture) ?? {}, key);
        const wanted = expected(caller, operation.operation, row);
        if (status !== wanted)
          wrong.push(
            `${operation.operation}, ${caller}: ${String(status)} and not ${String(wanted)} ${JSON.stringify(body).slice(0, 300)}`,
          );
        const fault = documented.faultOf(operation.operation, status, body);
        if (fault !== undefined) wrong.push(fault);
      }
    };
    for (const operation of guarded.operations) {
      const found = VERDICTS[operation.operation];
      if (found !== undefined) await ask(operation, found);
    }
    expect(wrong).toEqual([]);
  }, 600_000);

  it('E2: answers odd bodies with a refusal or a result of the document, and never fails', async () => {
    const key = callers.get('admin');
    const wrong = new Set<string>();
    let asked = 0;
    for (const operation of guarded.operations) {
      const ask = VERDICTS[operation.operation]?.ask?.(fixture) ?? {};
      for (const body of documented.oddBodies(operation.operation)) {
        const reply = await guarded.ask(operation, { ...ask, body }, key);
        const isFailure = reply.status === 500;
        const fault = isFailure
          ? JSON.stringify(reply.body)
          : documented.faultOf(operation.operation, reply.status, reply.body);
        if (fault !== undefined)
          wrong.add(`${operation.operation} ${JSON.stringify(body).slice(0, 300)}: ${fault}`);
        asked += 1;
      }
    }
    expect([...wrong]).toEqual([]);
    expect(asked).toBeGreaterThan(300);
  }, 600_000);
});
