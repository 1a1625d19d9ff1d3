import { type Frame, type Topic, topicOf } from './frames';

export type Reader = (frames: readonly Frame[]) => void;

export interface InterestParts {
  /** Everything that has to be subscribed to, whenever that is something else than before. */
  readonly onChange: (topics: readonly Topic[]) => void;
  /** Something was told that no screen on view took up. */
  readonly onUnread: () => void;
  /** How long a topic is still heard when its last reader has gone: as long as what was read counts as fresh. */
  readonly lingerMs: number;
}

/**
 * Who reads which topic. A screen that one leaves and comes back to shows what it had, while that is fresh; so its topics are
 * heard until then, and what is told meanwhile makes what it had old.
 */
export class Interest {
  private readonly readers = new Map<Topic, Set<Reader>>();
  private readonly lingering = new Map<Topic, ReturnType<typeof setTimeout>>();
  private isScheduled = false;

  constructor(private readonly parts: InterestParts) {}

  /** Answers how to read no longer. */
  add(topic: Topic, reader: Reader): () => void {
    const members = this.readers.get(topic) ?? new Set<Reader>();
    members.add(reader);
    this.readers.set(topic, members);
    clearTimeout(this.lingering.get(topic));
    this.lingering.delete(topic);
    this.changed();
    return () => {
      members.delete(reader);
      if (members.size > 0 || this.readers.get(topic) !== members) return;
      this.readers.delete(topic);
      this.lingering.set(
        topic,
        setTimeout(() => {
          this.lingering.delete(topic);
          this.changed();
        }, this.parts.lingerMs),
      );
    };
  }

  hand(frames: readonly Frame[]): void {
    for (const [topic, members] of this.readers) {
      const ofTopic = frames.filter((frame) => topicOf(frame) === topic);
      if (ofTopic.length > 0) for (const reader of members) reader(ofTopic);
    }
    if (frames.some((frame) => this.isLingering(topicOf(frame)))) this.parts.onUnread();
  }

  private isLingering(topic: Topic | undefined): boolean {
    return topic !== undefined && this.lingering.has(topic);
  }

  /** A screen has several readers, which come and go together: that is said once. */
  private changed(): void {
    if (this.isScheduled) return;
    this.isScheduled = true;
    queueMicrotask(() => {
      this.isScheduled = false;
      this.parts.onChange([...this.readers.keys(), ...this.lingering.keys()].sort());
    });
  }
}
