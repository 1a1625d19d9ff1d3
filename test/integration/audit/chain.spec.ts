import { randomBytes } from 'node:crypto';
import { Keyring } from '@app/security';
import { eventually } from '@app/testing';
import { ChainKeys } from '../../../src/audit/chain/chain-keys';
import { ChainCutError } from '../../../src/audit/sealer/chain-writer';
import { Chain } from './chain-fixture';

describe('the chain of the audit trail', () => {
  let chain: Chain;

  beforeAll(async () => {
    chain = await Chain.start();
  }, 180_000);
  afterAll(() => (chain as Chain | undefined)?.stop());
  beforeEach(() => chain.db.execute('TRUNCATE audit, mcp_call, audit_seal, audit_segment, audit_removal'));

  /** As somebody would who may write the whole database. */
  const tamper = (sql: string) => chain.db.execute(sql);
  const nth = (table: string, n: number) =>
    `(SELECT id FROM ${table} ORDER BY tx, entry OFFSET ${n} LIMIT 1)`;
  const idOf = async (table: string, n: number) =>
    (await chain.db.query<{ id: string }>(`SELECT ${nth(table, n)} AS id`))[0]?.id;
  /** Links 1 and 2 with three changes and five calls, links 3 and 4 with one change each. */
  const fourLinks = async () => {
    await chain.change('a');
    await chain.change('b');
    await chain.change('c');
    await chain.calls(5);
    await chain.sealed(8);
    await chain.change('d');
    await chain.sealed(9);
    await chain.change('e');
    await chain.sealed(10);
    expect(await chain.verify()).toMatchObject({ fault: undefined, rows: 10, isEnd: true });
  };

  it('covers every change and every call, and verifies', async () => {
    await fourLinks();
    const { links } = await chain.verify();
    expect(links).toBeGreaterThanOrEqual(4);
  });

  it('is verified piece by piece', async () => {
    await fourLinks();
    const { links } = await chain.verify();
    let [from, rows] = [1, 0];
    for (let isEnd = false; !isEnd;) {
      const piece = await chain.verifier.verify(from, 1);
      expect(piece.fault).toBeUndefined();
      rows += piece.rows;
      from = piece.lastSequence + 1;
      isEnd = piece.isEnd;
    }
    expect([from - 1, rows]).toEqual([links, 10]);
  });

  describe.each([
    ['audit', `detail = '{"x": 1}'`],
    ['audit', `actor = 'key:somebody-else'`],
    ['audit', `at = at - interval '1 microsecond'`],
    ['audit', `after = NULL`],
    ['mcp_call', `outcome = 'denied'`],
    ['mcp_call', `duration_ms = duration_ms + 1`],
  ])('names the row of %s that was altered', (table, change) => {
    it(change, async () => {
      await fourLinks();
      const row = await idOf(table, 1);
      await tamper(`UPDATE ${table} SET ${change} WHERE id = ${nth(table, 1)}`);
      const { fault } = await chain.verify();
      expect(fault).toMatchObject({ fault: 'altered', rowId: row });
    });
  });

  it.each(['audit', 'mcp_call'])('tells that a row of %s is gone', async (table) => {
    await fourLinks();
    await tamper(`DELETE FROM ${table} WHERE id = ${nth(table, 1)}`);
    const { fault } = await chain.verify();
    expect(fault).toMatchObject({ fault: 'missing', of: table === 'audit' ? 'audit' : 'calls' });
  });

  it('names a row that was put in later', async () => {
    await fourLinks();
    await tamper(
      `INSERT INTO audit (id, actor, action, resource_type, resource_id, outcome, tx, entry)
       OVERRIDING SYSTEM VALUE SELECT gen_random_uuid(), 'a', 'b', 'c', 'd', 'succeeded', tx, entry - 1
         FROM audit WHERE id = ${nth('audit', 0)}`,
    );
    const forged = await idOf('audit', 0);
    expect((await chain.verify()).fault).toMatchObject({ fault: 'inserted', rowId: forged });
  });

  it('tells rows that changed places', async () => {
    await chain.calls(5);
    await chain.sealed(5);
    await tamper(`ALTER TABLE mcp_call ALTER COLUMN entry DROP IDENTITY`);
    try {
      await tamper(
        `UPDATE mcp_call SET entry = ends.first + ends.last - entry
           FROM (SELECT min(entry) AS first, max(entry) AS last FROM mcp_call) AS ends`,
      );
      expect((await chain.verify()).fault).toMatchObject({ fault: 'reordered', of: 'calls' });
    } finally {
      await tamper(`ALTER TABLE mcp_call ALTER COLUMN entry ADD GENERATED ALWAYS AS IDENTITY (START 100000)`);
    }
  });

  it('tells links that were altered, removed or exchanged', async () => {
    await fourLinks();
    await tamper('CREATE TABLE kept AS SELECT * FROM audit_seal');
    const restore = () => tamper('TRUNCATE audit_seal; INSERT INTO audit_seal SELECT * FROM kept');
    try {
      await tamper('UPDATE audit_seal SET row_count = row_count + 1 WHERE sequence = 2');
      expect((await chain.verify()).fault).toMatchObject({ fault: 'altered', of: 'link', sequence: 2 });
      await restore();
      await tamper('DELETE FROM audit_seal WHERE sequence = 2');
      expect((await chain.verify()).fault).toMatchObject({ fault: 'missing', of: 'link', sequence: 2 });
      await restore();
      await tamper('UPDATE audit_seal SET sequence = 1000 WHERE sequence = 2');
      await tamper('UPDATE audit_seal SET sequence = 2 WHERE sequence = 3');
      await tamper('UPDATE audit_seal SET sequence = 3 WHERE sequence = 1000');
      expect((await chain.verify()).fault).toMatchObject({ fault: 'reordered', of: 'link', sequence: 2 });
    } finally {
      await tamper('DROP TABLE kept');
    }
  });

  it('cannot be made again without the key', async () => {
    await fourLinks();
    await tamper(`UPDATE audit SET actor = 'nobody'`);
    await tamper('TRUNCATE audit_seal');
    const foreign = new ChainKeys(Keyring.fromSetting(randomBytes(32).toString('base64')));
    await chain.sealed(10, chain.writer(foreign));
    expect((await chain.verify()).fault).toMatchObject({ fault: 'unverifiable', sequence: 1 });
    // Nor does the name of the right key help.
    await tamper(`UPDATE audit_seal SET key_id = '${chain.keys.current().id}'`);
    expect((await chain.verify()).fault).toMatchObject({ fault: 'altered', of: 'link', sequence: 1 });
  });

  it('is verified after the master key was exchanged', async () => {
    await fourLinks();
    const old = randomBytes(32).toString('base64');
    const root = randomBytes(32);
    const keyrings = [`a:${old}`, `b:${randomBytes(32).toString('base64')},a:${old}`].map((setting) => {
      const keyring = Keyring.fromSetting(setting);
      keyring.useRoot(root);
      return new ChainKeys(keyring);
    });
    expect(new Set(keyrings.map((keys) => keys.current().id)).size).toBe(1);
  });

  it('says that rows are under no link for long', async () => {
    await fourLinks();
    await chain.change('f');
    expect((await chain.verify()).fault).toBeUndefined();
    await tamper(`UPDATE audit SET at = at - interval '2 minutes' WHERE resource_id = 'f'`);
    expect((await chain.verify()).fault).toMatchObject({ fault: 'unsealed', of: 'audit' });
  });

  it('is missed by its sealer when its end was cut off', async () => {
    const writer = chain.writer();
    await chain.change('a');
    await chain.sealed(1, writer);
    await tamper('TRUNCATE audit, audit_seal');
    await expect(writer.look()).rejects.toBeInstanceOf(ChainCutError);
    await chain.change('b');
    await chain.sealed(1, writer);
    expect((await chain.verify()).fault).toMatchObject({ fault: 'missing', of: 'link', sequence: 1 });
  });

  it('has each row once and none twice, whoever writes and seals at the same time', async () => {
    const writers = 200;
    const sealers = [chain.writer(), chain.writer(), chain.writer()];
    const isDone = { yes: false };
    const sealing = sealers.map(async (sealer) => {
      while (!isDone.yes) await sealer.round();
    });
    await Promise.all(
      Array.from({ length: writers }, async (_, index) => {
        if (index % 10 === 0) await chain.calls(3);
        else if (index % 7 === 0) await chain.abandonedChange();
        else await chain.change(String(index));
      }),
    );
    isDone.yes = true;
    await Promise.all(sealing);
    const [row] = await chain.db.query<{ rows: number }>(
      `SELECT ((SELECT count(*) FROM audit) + (SELECT count(*) FROM mcp_call))::integer AS rows`,
    );
    await chain.sealed(row?.rows ?? 0);
    expect(await chain.verify()).toMatchObject({ fault: undefined, rows: row?.rows, isEnd: true });
  }, 180_000);

  it('waits for an older transaction, so that its rows are not left out', async () => {
    let release = (): void => undefined;
    const isHeld = new Promise<void>((resolve) => (release = resolve));
    const slow = chain.db.transaction(async () => {
      await chain.change('slow');
      await isHeld;
    });
    await eventually(async () => {
      const rows = await chain.db.query(
        `SELECT FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND datname = current_database()`,
      );
      expect(rows.length).toBeGreaterThan(0);
    });
    await chain.change('quick');
    await chain.seal();
    expect((await chain.seals.head()).sequence).toBe(0);
    release();
    await slow;
    await chain.sealed(2);
    expect(await chain.verify()).toMatchObject({ fault: undefined, rows: 2 });
  });

  it('goes on where a sealer died between two links', async () => {
    await chain.change('a');
    await chain.calls(2);
    const dying = chain.writer();
    // It makes one link and is never heard of again.
    const append = jest.spyOn(chain.seals, 'append');
    append.mockImplementationOnce((seal) => {
      append.mockRestore();
      return chain.seals.append(seal).then(() => {
        throw new Error('killed');
      });
    });
    await eventually(async () => {
      await expect(dying.round()).rejects.toThrow('killed');
    });
    await chain.sealed(3);
    expect(await chain.verify()).toMatchObject({ fault: undefined, rows: 3, isEnd: true });
  });

  it('is read portion by portion', async () => {
    await chain.calls(4_100);
    await chain.sealed(4_100);
    expect(await chain.verifier.verify(1, 2)).toMatchObject({
      fault: undefined,
      links: 2,
      rows: 4_000,
      isEnd: false,
    });
    expect(await chain.verifier.verify(3, 2)).toMatchObject({
      fault: undefined,
      links: 1,
      rows: 100,
      isEnd: true,
    });
  });
});
