export { RealtimeModule } from './realtime.module';
export { RealtimeOptions } from './realtime.options';
export { mountSocket } from './socket/mount-socket';
