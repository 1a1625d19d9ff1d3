import { type ImageInfo, type PullProgress } from '../container-engine';
import { type DockerCalls, orUndefined } from './docker-calls';
import { askRegistry, PULL_SILENCE_MS, pullImage } from './docker-pull';
import { imageInfoOf } from './docker-status';

/** Many containers of one image are made in one go; one that is removed meanwhile is missed by the create itself. */
const IMAGE_LASTS_MS = 2_000;
const IMAGES_MAX = 100;

/** What the engine knows of images, by their normal reference. */
export class DockerImages {
  readonly #known = new Map<string, { readonly info: ImageInfo; readonly atMs: number }>();

  constructor(
    private readonly calls: DockerCalls,
    private readonly pullSilenceMs = PULL_SILENCE_MS,
  ) {}

  async info(reference: string): Promise<ImageInfo | undefined> {
    const known = this.#known.get(reference);
    if (known !== undefined && performance.now() - known.atMs < IMAGE_LASTS_MS) return known.info;
    const info = await this.#inspect(reference);
    this.#known.delete(reference);
    if (info === undefined) return undefined;
    if (this.#known.size >= IMAGES_MAX) this.#known.clear();
    this.#known.set(reference, { info, atMs: performance.now() });
    return info;
  }

  async pull(reference: string, onProgress?: (progress: PullProgress) => void): Promise<void> {
    this.#known.delete(reference);
    await pullImage(this.calls, reference, onProgress, this.pullSilenceMs);
  }

  isOffered(reference: string): Promise<boolean> {
    return askRegistry(this.calls, reference);
  }

  async #inspect(reference: string): Promise<ImageInfo | undefined> {
    const info = await orUndefined(
      this.calls.ask('inspect the image', (docker) => docker.getImage(reference).inspect()),
    );
    return info === undefined ? undefined : imageInfoOf(reference, info);
  }
}
