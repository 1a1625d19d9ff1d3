export * from './channels';
export * from './completed-stages';
export * from './engine-requests';
export * from './payloads';
export * from './phases';
export * from './queues';
export * from './secret-reference';
export * from './spec';
