import { type ContainerEngine, type EngineEvent, type EngineInfo } from '@app/container-engine';
import { type EngineHealth } from '@app/contracts';
import { DomainError } from '@app/kernel';
import { type EngineState } from '../decide/observed';

/** While the engine is away it is asked this often, so that everything goes on at once when it is back. */
const PING_WHEN_AWAY_EVERY_MS = 1_000;

/** What is made and started is made and started by us, who look again anyway; what ends may do so by itself. */
const ENDINGS: ReadonlySet<string> = new Set(['die', 'oom', 'destroy']);

export interface EngineWatchListener {
  /** The engine answers (again): whatever happened meanwhile is only seen by a full list. */
  onUp(): void;
  onDown(): void;
  /** Something happened to a container of this instance: a nudge, never the truth. */
  onNudge(instanceId: string): void;
}

/** Knows whether an engine answers, since when, and why not. */
export class EngineWatch {
  #state: EngineState = 'absent';
  #detail = 'it has not been asked yet';
  #since = new Date();
  #info: EngineInfo | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stopEvents: (() => void) | undefined;
  #isPinging = false;

  constructor(
    private readonly engine: ContainerEngine,
    private readonly installation: string,
    private readonly listener: EngineWatchListener,
  ) {}

  get state(): EngineState {
    return this.#state;
  }
  get info(): EngineInfo | undefined {
    return this.#info;
  }
  /** Since when the present state lasts. */
  get since(): Date {
    return this.#since;
  }
  get detail(): string {
    return this.#detail;
  }

  /** Resolves when the first question is answered, one way or the other. */
  async start(): Promise<void> {
    this.#stopEvents = this.engine.events({ installation: this.installation }, (event) => {
      this.#on(event);
    });
    await this.#ping();
  }

  stop(): void {
    this.#stopEvents?.();
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stopEvents = undefined;
  }

  /** Some call found nobody: believed until a ping says otherwise. */
  suspect(error: unknown): void {
    this.#setDown(wordsOf(error));
  }

  health(): EngineHealth {
    const version = this.#info?.version;
    const appArmor = this.#info?.appArmor;
    return {
      kind: this.engine.kind,
      ok: this.#state === 'up',
      detail: this.#detail,
      since: this.#since.toISOString(),
      ...(version !== undefined && { version }),
      ...(appArmor !== undefined && { app_armor: appArmor }),
    };
  }

  #on(event: EngineEvent): void {
    if (event.kind === 'disconnected') this.#setDown(event.reason);
    // A new connection may be to an engine that was restarted: everything is looked at, even if no ping ever failed.
    else if (event.kind === 'connected') void this.#ping({ isReconnected: true });
    else if (event.instanceId !== null && ENDINGS.has(event.action)) this.listener.onNudge(event.instanceId);
  }

  async #ping({ isReconnected = false } = {}): Promise<void> {
    if (this.#isPinging && !isReconnected) return;
    this.#isPinging = true;
    try {
      await this.engine.ping();
      this.#info = await this.engine.info();
      this.#setUp(isReconnected);
    } catch (error) {
      this.#setDown(wordsOf(error));
    } finally {
      this.#isPinging = false;
    }
  }

  #setUp(isReconnected: boolean): void {
    const wasUp = this.#state === 'up';
    this.#state = 'up';
    this.#detail = `${this.engine.kind} ${this.#info?.version ?? ''}: ${this.#info?.isolation ?? ''}`;
    if (!wasUp || isReconnected) this.#since = new Date();
    if (!wasUp || isReconnected) this.listener.onUp();
  }

  #setDown(detail: string): void {
    const wasUp = this.#state === 'up';
    if (wasUp) {
      this.#state = 'down';
      this.#since = new Date();
    }
    this.#detail = detail;
    if (this.#stopEvents !== undefined) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#ping(), PING_WHEN_AWAY_EVERY_MS);
    }
    if (wasUp) this.listener.onDown();
  }
}

const wordsOf = (error: unknown): string =>
  error instanceof DomainError ? error.message : 'The container engine does not answer.';
