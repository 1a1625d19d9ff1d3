import { type ContainerEngine } from '@app/container-engine';
import { type EngineHealth, type InstanceSpec } from '@app/contracts';
import { type ProvisionerOptions } from '../provisioner.options';
import { EngineWatch, type EngineWatchListener } from './engine-watch';
import { FencedEngine, type OnAsked } from './fenced-engine';

export interface EnginesListener extends EngineWatchListener {
  /** An engine answered, or did not. */
  readonly onAsked?: OnAsked;
}

/** An engine, and what is known of it. */
export interface EnginePost {
  readonly role: 'docker' | 'bundled';
  readonly engine: ContainerEngine;
  readonly watch: EngineWatch;
}

const WAY_OUT =
  'Start Docker or Podman on this machine, or use a bundled server or a remote one. This instance goes on by itself as soon as an engine answers.';
const NOT_CONFIGURED = `This server needs a container engine, and none is configured. ${WAY_OUT}`;

/** Two engines side by side: containers run on one, the servers that ship with us on the other. */
export class Engines {
  readonly posts: readonly EnginePost[];

  constructor(options: ProvisionerOptions, isHeld: () => boolean, listener: EnginesListener) {
    const post = (role: EnginePost['role'], engine: ContainerEngine): EnginePost => {
      const watch = new EngineWatch(engine, options.installationId, listener);
      const onAway = (error: Error): void => {
        watch.suspect(error);
      };
      return { role, watch, engine: new FencedEngine(engine, isHeld, onAway, listener.onAsked) };
    };
    this.posts = [
      ...(options.docker === undefined ? [] : [post('docker', options.docker)]),
      post('bundled', options.bundled),
    ];
  }

  async start(): Promise<void> {
    await Promise.all(this.posts.map(({ watch }) => watch.start()));
  }

  stop(): void {
    for (const { watch } of this.posts) watch.stop();
  }

  /** Where a server of this kind runs; undefined for remote ones, and where no engine is configured for it. */
  homeOf(spec: InstanceSpec | undefined): EnginePost | undefined {
    if (spec === undefined || spec.type === 'url') return undefined;
    const role = spec.type === 'docker' ? 'docker' : 'bundled';
    return this.posts.find((post) => post.role === role);
  }

  /** Why a server cannot run now, with the way out. */
  troubleOf(post: EnginePost | undefined): string {
    if (post === undefined) return NOT_CONFIGURED;
    const { state, detail } = post.watch;
    return state === 'absent' ? `This server needs a container engine. ${detail} ${WAY_OUT}` : detail;
  }

  health(): { readonly primary: EngineHealth; readonly all: readonly EngineHealth[] } {
    const all = this.posts.map(({ watch }) => watch.health());
    const [primary] = all;
    if (primary === undefined) throw new Error('There is always the engine of the bundled servers.');
    return { primary, all };
  }
}
