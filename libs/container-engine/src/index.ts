export * from './container-engine';
export * from './container-spec';
export * from './errors';
export { isImageReference, normalImageReference } from './image-reference';
export { DockerEngine, type DockerEngineOptions } from './docker/docker-engine';
export { MemoryEngine, type MemoryEngineOptions } from './memory/memory-engine';
export { type MemoryProcess, type MemoryProgram } from './memory/memory-container';
export { type BundledEntry, ProcessEngine, type ProcessEngineOptions } from './process/process-engine';
export { findLauncher } from './secrets/launcher';
