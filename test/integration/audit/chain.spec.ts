import { eventually } from '@app/testing';
import { Chain } from './chain-fixture';

describe('the chain of the audit trail', () => {
  let chain: Chain;

  beforeAll(async () => {
    chain = await Chain.start();
  }, 180_000);
  afterAll(() => (chain as Chain | undefined)?.stop());
  beforeEach(() => chain.db.execute('TRUNCATE audit, mcp_call, audit_seal, audit_segment, audit_removal'));

  const change = (sql: string, params: readonly unknown[] = []) => chain.db.execute(sql, params);
  /** Other databases of the server have transactions too: rows are sealed once those have ended. */
  const sealed = async (links: number): Promise<void> => {
    const writer = chain.writer();
    await eventually(
      async () => {
        await chain.seal(writer);
        expect((await chain.seals.head()).sequence).toBe(links);
      },
      { deadlineMs: 60_000 },
    );
  };

  it('covers every change and every call, and verifies', async () => {
    await chain.change();
    await chain.change();
    await chain.calls(5);
    await sealed(2);
    await chain.change();
    await sealed(3);

    const { fault, links, rows, isEnd } = await chain.verify();
    expect({ fault, links, rows, isEnd }).toEqual({ fault: undefined, links: 3, rows: 8, isEnd: true });
  });
});
