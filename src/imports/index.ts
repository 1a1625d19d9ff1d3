export { ImportsApiModule } from './imports.module';
