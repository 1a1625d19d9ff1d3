import { DomainError } from '@app/kernel';

/** Nobody answers at the engine's address. Infrastructure: worth a retry. */
export class EngineUnavailableError extends DomainError {
  readonly code = 'engine_unavailable';
  readonly kind = 'unavailable';
  readonly title = 'The container engine does not answer';
  override readonly hint = 'Start the container engine, and check that this process may open its socket.';
  constructor(cause: string, options?: ErrorOptions) {
    super(`The container engine does not answer: ${cause}.`, { ...options, retryAfterS: 5 });
  }
}

/** The engine answers, and is none that services could be made on. */
export class SwarmManagerMissingError extends DomainError {
  readonly code = 'swarm_manager_missing';
  readonly kind = 'unavailable';
  readonly title = 'The engine is no manager of a swarm';
  override readonly hint = 'Make the engine a manager, or set CONTAINER_ENGINE to docker.';
  constructor(words: string, options?: ErrorOptions) {
    super(
      `CONTAINER_ENGINE=swarm needs a manager of a swarm, and the engine is none: ${words} Run "docker swarm init" there, or let DOCKER_HOST name a manager.`,
      options,
    );
  }
}

/** The engine answered and said no. */
export class EngineRefusedError extends DomainError {
  readonly code = 'engine_refused';
  readonly kind = 'upstream';
  readonly title = 'The container engine refused';
  override readonly hint = 'Read the words of the engine in the detail.';
  constructor(
    action: string,
    readonly words: string,
    readonly engineStatus: number | null,
    options?: ErrorOptions,
  ) {
    super(`The container engine refused to ${action}: ${words}`, options);
  }
}

export class ImageNotFoundError extends DomainError {
  readonly code = 'image_not_found';
  readonly kind = 'not_found';
  readonly title = 'The image does not exist';
  override readonly hint = 'Check the name and the tag, or log the engine in to the registry.';
  constructor(image: string, words: string, options?: ErrorOptions) {
    super(`The image "${image}" was not found: ${words}`, options);
  }
}

export class ImagePullFailedError extends DomainError {
  readonly code = 'image_pull_failed';
  readonly kind = 'upstream';
  readonly title = 'The image could not be pulled';
  override readonly hint = 'Read the words of the registry in the detail; the pull is tried again.';
  constructor(image: string, words: string, options?: ErrorOptions) {
    super(`The image "${image}" could not be pulled: ${words}`, options);
  }
}

export class ImageReferenceInvalidError extends DomainError {
  readonly code = 'image_reference_invalid';
  readonly kind = 'invalid';
  readonly title = 'The image reference is not valid';
  override readonly hint = 'Write it as [registry[:port]/]path[:tag][@sha256:digest], in lower case.';
  constructor(image: string) {
    super(`"${image.slice(0, 100)}" is not an image reference.`);
  }
}

export class ContainerNotFoundError extends DomainError {
  readonly code = 'container_not_found';
  readonly kind = 'not_found';
  readonly title = 'There is no such container';
  constructor(id: string) {
    super(`The engine has no container "${id}".`);
  }
}

export class ContainerNameTakenError extends DomainError {
  readonly code = 'container_name_taken';
  readonly kind = 'conflict';
  readonly title = 'Another container has the name';
  override readonly hint = 'Remove the container of that name; it was not made from this specification.';
  constructor(name: string) {
    super(`A container named "${name}" exists and was not made from this specification.`);
  }
}

export class WorkloadNotSupportedError extends DomainError {
  readonly code = 'workload_not_supported';
  readonly kind = 'invalid';
  readonly title = 'This engine cannot run that';
  override readonly hint = 'Install a container engine for images; without one only the bundled servers run.';
}

export class ContainerNotRunningError extends DomainError {
  readonly code = 'container_not_running';
  readonly kind = 'conflict';
  readonly title = 'The container does not run';
  constructor(name: string, action: string) {
    super(`The container "${name}" does not run, so it is not possible to ${action}.`);
  }
}

export class WeakSecretDeliveryError extends DomainError {
  readonly code = 'weak_secret_delivery_refused';
  readonly kind = 'conflict';
  readonly title = 'Secrets could only be delivered in the open';
  override readonly hint =
    'Make a stronger way possible (see the reason), or switch require_strong_secret_delivery off.';
  constructor(reason: string) {
    super(`Secrets would be visible in the container's configuration: ${reason}`);
  }
}

export class SecretNotDeliverableError extends DomainError {
  readonly code = 'secret_not_deliverable';
  readonly kind = 'invalid';
  readonly title = 'The value of a secret cannot be handed over';
  override readonly hint = 'Store a value without zero bytes, such as the same value in base64.';
  constructor(variable: string) {
    super(`The value of ${variable} holds a zero byte, which no environment can carry.`);
  }
}

export class NetworkRangeExhaustedError extends DomainError {
  readonly code = 'network_range_exhausted';
  readonly kind = 'exhausted';
  readonly title = 'No address range is free';
  override readonly hint = 'Give a larger or another range for the networks of instances.';
  constructor(range: string) {
    super(`Every subnet of ${range} overlaps with one that is in use.`);
  }
}
