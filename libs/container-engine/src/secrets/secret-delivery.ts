import { type ContainerSecretDelivery } from '../container-engine';

export interface DeliveryCircumstances {
  /** True where the image says that it reads `NAME_FILE`. */
  readonly acceptsFiles: boolean;
  /** Why files of the container's user cannot be made; undefined when they can. */
  readonly filesObstacle: string | undefined;
  /** Why the launcher cannot be used; undefined when it can. */
  readonly launcherObstacle: string | undefined;
}

export interface DeliveryChoice {
  readonly delivery: ContainerSecretDelivery;
  /** Why nothing stronger, in one sentence. */
  readonly reason: string;
}

/** Every way that is possible, strongest first: the engine may still find the first ones impossible. */
export function possibleDeliveries(circumstances: DeliveryCircumstances): readonly DeliveryChoice[] {
  const { acceptsFiles, filesObstacle, launcherObstacle } = circumstances;
  const choices: DeliveryChoice[] = [];
  if (acceptsFiles && filesObstacle === undefined) {
    choices.push({ delivery: 'file', reason: 'The image reads its secrets from files.' });
  }
  if (launcherObstacle === undefined && filesObstacle === undefined) {
    choices.push({ delivery: 'launcher', reason: 'The image reads its secrets from its environment.' });
  }
  if (launcherObstacle === undefined) {
    choices.push({
      delivery: 'stdin',
      reason: sentence(filesObstacle ?? 'files cannot be shared with the engine'),
    });
  }
  const plain = launcherObstacle ?? 'the engine does not see the files of this machine';
  return [...choices, { delivery: 'env', reason: sentence(plain) }];
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
