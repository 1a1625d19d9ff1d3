export { TaskAgentWork } from './lifecycle/task-agent-work';
export { TasksApiModule, TasksModule, TasksWorkerModule } from './tasks.module';
export { TasksOptions } from './tasks.options';
