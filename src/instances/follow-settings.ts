import { Injectable } from '@nestjs/common';
import { StoredSettings } from '../settings';
import { InstancesOptions } from './instances.options';

/** What can be tuned while the process runs reaches the options that everybody here reads. */
@Injectable()
export class InstancesFollowSettings {
  constructor(settings: StoredSettings, options: InstancesOptions) {
    // What is stored when the process begins is a change, too: until then the option is in force as the root gave it.
    let known = settings.get('max_instances');
    settings.onChange(() => {
      const wanted = settings.get('max_instances');
      if (wanted !== known) options.maxInstances = wanted;
      known = wanted;
    });
  }
}
