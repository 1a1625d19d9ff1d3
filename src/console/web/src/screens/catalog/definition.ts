import { type components } from '~/api/schema.gen';
import { type Source } from './search';

export type Definition = components['schemas']['ServerDto'];
export type Variable = components['schemas']['EnvironmentVariableDto'];

export const sourceOf = ({ built_in: isBuiltIn, tags }: Definition): Source =>
  isBuiltIn ? 'built_in' : tags.includes('imported') ? 'imported' : 'own';

export const isPinned = ({ docker_image_url: image }: Definition): boolean => image.includes('@sha256:');
export const needsSecrets = ({ env_schema: schema }: Definition): boolean =>
  schema.some(({ required, secret }) => required === true && secret === true);
/** Whether one click is enough. */
export const needsValues = ({ env_schema: schema }: Definition): boolean =>
  schema.some(({ required, default: value }) => required === true && (value === undefined || value === null));
