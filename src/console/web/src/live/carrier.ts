import { type Frame, type Topic } from './frames';

/** Ways by which changes come, from the best one to the one that works wherever a page can be read. */
export type Way = 'socket' | 'events' | 'polling';

/**
 * Why a way ended: the server is away, this way to it is barred (by a proxy that lets pages through and nothing else), or the
 * server no longer takes the session.
 */
export type Loss = 'away' | 'barred' | 'session';

export interface Greeting {
  /** What comes has higher numbers. */
  readonly sequence?: number | undefined;
  /** What the caller may hear; absent: that is decided elsewhere. */
  readonly topics?: readonly Topic[] | undefined;
}

/** What a way tells; nothing after `onLost`, and nothing before it was handed out. */
export interface Hearing {
  readonly onOpen: (greeting: Greeting) => void;
  readonly onFrame: (frame: Frame) => void;
  /** Something came that says nothing but that the server is there. */
  readonly onSign: () => void;
  /** What is on view may be old: it has to be asked for again. */
  readonly onGap: () => void;
  readonly onLost: (why: Loss) => void;
}

export interface Carrier {
  /** What the screens on view want to hear, from a number on. A way that brings everything does without. */
  readonly want?: (topics: readonly Topic[], since: number | undefined) => void;
  /** Has the server give a sign of life, where it gives none by itself. */
  readonly ask?: () => void;
  readonly close: () => void;
}

/** Begins on a way, after the event of a number. */
export type Open = (hearing: Hearing, since: number | undefined) => Carrier;

/** A way that was taken and brings nothing is no way. */
export const GREETED_WITHIN_MS = 10_000;
