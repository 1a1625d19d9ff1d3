import { Injectable } from '@nestjs/common';
import { ChainKeys } from '../chain/chain-keys';
import { type Head, hashOf, type Portion, type Seal, SEAL_KINDS, type SealKind } from '../chain/seal';
import { SealableRows } from '../persistence/sealable-rows';
import { SealStore } from '../persistence/seal-store';

/** The chain is shorter than it was: somebody cut it who can write the database. */
export class ChainCutError extends Error {
  override readonly name = 'ChainCutError';

  constructor(known: number, found: number) {
    super(`The audit chain had ${String(known)} links and now ends at ${String(found)}.`);
  }
}

/** The numbers of transactions in the rows are those of another cluster. */
export class RestoredElsewhereError extends Error {
  override readonly name = 'RestoredElsewhereError';

  constructor() {
    super(
      'The trail was restored into another cluster; its rows cannot be put in order after the sealed ones.',
    );
  }
}

/**
 * Puts new rows under new links. It remembers the last link it knows, so that each round asks for new rows only. A link is
 * one statement: a crash leaves it made or not made. Whoever else makes links at the same time wins the number or loses it.
 */
@Injectable()
export class ChainWriter {
  private head: Head | undefined;

  constructor(
    private readonly rows: SealableRows,
    private readonly seals: SealStore,
    private readonly keys: ChainKeys,
  ) {}

  /** One link of each kind at most; says how many there were. */
  async round(): Promise<number> {
    this.head ??= await this.firstHead();
    let made = 0;
    for (const kind of SEAL_KINDS) {
      const portion = await this.rows.next(kind, this.head.upTo[kind]);
      if (portion === undefined) continue;
      const seal = this.linkOf(this.head, kind, portion);
      if (!(await this.seals.append(seal))) {
        await this.reread(seal.sequence);
        return made;
      }
      this.head = { sequence: seal.sequence, hash: seal.hash, upTo: seal.upTo };
      made += 1;
    }
    return made;
  }

  /** Compares what is remembered with what is there: a chain only grows. */
  async look(): Promise<Head> {
    const found = await this.seals.head();
    if (this.head !== undefined && found.sequence < this.head.sequence) {
      const known = this.head.sequence;
      // Sealing goes on from where it was: the gap stays and tells.
      throw new ChainCutError(known, found.sequence);
    }
    return found;
  }

  private async firstHead(): Promise<Head> {
    const head = await this.seals.head();
    for (const kind of SEAL_KINDS)
      if (await this.rows.isFromElsewhere(head.upTo[kind])) throw new RestoredElsewhereError();
    return head;
  }

  private async reread(taken: number): Promise<void> {
    this.head = await this.seals.head();
    if (this.head.sequence < taken) this.head = undefined;
  }

  private linkOf(head: Head, kind: SealKind, { last, ...portion }: Portion): Seal {
    const { id, key } = this.keys.current();
    const unsealed: Omit<Seal, 'hash'> = {
      ...portion,
      sequence: head.sequence + 1,
      kind,
      keyId: id,
      upTo: { ...head.upTo, [kind]: last },
      previous: head.hash,
      sealedAt: new Date(),
    };
    return { ...unsealed, hash: hashOf(key, unsealed) };
  }
}
