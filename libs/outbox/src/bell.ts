/** Wakes one sleeper; rung while nobody sleeps, it wakes the next one at once. Rings in between are one ring. */
export class Bell {
  #isRung = false;
  #wake: () => void = () => undefined;

  ring(): void {
    this.#isRung = true;
    this.#wake();
  }

  /** Answers whether it was rung; false: the time was up. */
  async sleep(ms: number): Promise<boolean> {
    if (!this.#isRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const wasRung = this.#isRung;
    this.#isRung = false;
    this.#wake = () => undefined;
    return wasRung;
  }
}
