export { FAILPOINTS, type Failpoint } from './failpoints';
export { Provisioner } from './provisioner';
export { ProvisionerModule } from './provisioner.module';
export { ProvisionerOptions, type ProvisionerSettings, type ProvisionerTiming } from './provisioner.options';
