import { Injectable } from '@nestjs/common';
import { CHANNELS } from '@app/contracts';
import { Lead } from '@app/database';
import { Bell, LeadHearing } from '@app/outbox';
import { PubSub } from '@app/queues';
import { DispatchBell } from './dispatch-bell';

export interface Wake {
  /** Something waits for sure; else there may be nothing to do. */
  readonly hasWork: boolean;
  readonly isRung: boolean;
  /** Rung in this process: nobody else has heard it. */
  readonly isOwn: boolean;
}

/** What wakes dispatch in this process, and whether it is to look then: of several workers, the one that leads. */
@Injectable()
export class DispatchWakes {
  private readonly bell = new Bell();
  private readonly hearing: LeadHearing;
  private unhear: () => void = () => undefined;
  private hasWork = false;
  private isOwn = false;
  private isEmpty = false;

  constructor(
    lead: Lead,
    private readonly pubsub: PubSub,
    private readonly rings: DispatchBell,
  ) {
    const ring = this.ring.bind(this);
    this.hearing = new LeadHearing({
      ...{ lead, pubsub },
      hear: {
        [CHANNELS.dispatch]: ring,
        [CHANNELS.events]: () => {
          if (this.isEmpty) ring();
        },
      },
    });
  }

  /** Another process leads: nothing that it is told of wakes this one. */
  get isDeaf(): boolean {
    return this.hearing.isDeaf;
  }

  async open(): Promise<void> {
    await this.hearing.open();
    this.unhear = this.rings.onRing((hasWork) => {
      this.hasWork ||= hasWork;
      this.isOwn = true;
      this.ring();
    });
    this.pubsub.onReconnect(() => {
      this.ring();
    });
  }

  /** Wakes it for the last time; from now on what happens here is told to others. */
  end(): void {
    this.unhear();
    this.ring();
  }

  async close(): Promise<void> {
    await this.hearing.end();
  }

  /** `isEmpty`: nothing waits, so that every event is worth a look. */
  async sleep(ms: number, isEmpty: boolean): Promise<Wake> {
    this.isEmpty = isEmpty;
    const isRung = await this.bell.sleep(ms);
    const { hasWork, isOwn } = this;
    this.hasWork = false;
    this.isOwn = false;
    return { hasWork, isRung, isOwn };
  }

  /** What only this process heard is handed on, where another leads. */
  async mayLook({ isRung, isOwn }: Wake): Promise<boolean> {
    const mayLook = await this.hearing.mayLook(isRung);
    if (!mayLook && isOwn) this.rings.passOn();
    return mayLook;
  }

  private ring(): void {
    this.bell.ring();
  }
}
