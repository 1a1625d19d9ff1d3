export { Agent } from './agent';
export { ApiError } from './api-client';
export { type Json, type JsonMap } from './json';
export { type AgentOptions, type PushOptions, TaskFailure, type TaskHandler } from './options';
export { runAgent } from './run-agent';
export { isGenuine, type SignedParts } from './signature';
export { type LogLevel, type TaskContext } from './task-context';
