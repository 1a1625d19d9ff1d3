import { type PullProgress } from '@app/container-engine';

interface Layer {
  readonly isDone: boolean;
  readonly currentBytes: number;
}

const NEW_LAYER: Layer = { isDone: false, currentBytes: 0 };

const DONE: ReadonlySet<string> = new Set(['pull complete', 'already exists', 'download complete']);
const MEBIBYTE = 1024 * 1024;
/** No image has more layers than 127; what comes beyond is not counted. */
const MAX_LAYERS = 256;

/** Turns a stream of layer messages into one sentence. */
export class PullProgressText {
  readonly #layers = new Map<string, Layer>();

  constructor(private readonly image: string) {}

  add({ layer, status, currentBytes }: PullProgress): void {
    if (layer === null || (!this.#layers.has(layer) && this.#layers.size >= MAX_LAYERS)) return;
    const known = this.#layers.get(layer) ?? NEW_LAYER;
    this.#layers.set(layer, {
      isDone: DONE.has(status.toLowerCase()) || known.isDone,
      // Unpacking counts from zero again; what was downloaded stays downloaded.
      currentBytes: Math.max(currentBytes, known.currentBytes),
    });
  }

  toString(): string {
    const layers = [...this.#layers.values()];
    if (layers.length === 0) return `The image ${this.image} is being pulled.`;
    const done = layers.filter(({ isDone }) => isDone).length;
    const bytes = layers.reduce((sum, { currentBytes }) => sum + currentBytes, 0);
    const size = `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
    return `The image ${this.image} is being pulled: ${done} of ${layers.length} layers, ${size} so far.`;
  }
}
