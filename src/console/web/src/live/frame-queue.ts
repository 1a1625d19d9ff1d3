import { type Frame } from './frames';

/** More than this between two paints, and the oldest are forgotten: their rows are then asked for as a whole. */
const MAX_WAITING = 5_000;

/**
 * Gathers frames and hands them over once per animation frame (in a hidden tab: when it is seen again), so that a thousand
 * events a second cost one paint.
 */
export class FrameQueue {
  private waiting: Frame[] = [];
  private overflowed = false;
  private scheduled = false;

  constructor(
    private readonly deliver: (frames: readonly Frame[]) => void,
    private readonly onOverflow: () => void,
  ) {}

  push(frame: Frame): void {
    if (this.waiting.length >= MAX_WAITING) {
      this.waiting = [];
      this.overflowed = true;
    }
    this.waiting.push(frame);
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => this.flush());
  }

  private flush(): void {
    this.scheduled = false;
    const frames = this.waiting;
    this.waiting = [];
    if (this.overflowed) this.onOverflow();
    this.overflowed = false;
    this.deliver(frames);
  }
}
