import { type JsonObject } from '@app/kernel';
import { type PipelinesOptions } from '../pipelines.options';
import { type PublishedPipeline } from './published-pipelines';

/** Not one of A2A's own bindings: a skill is used by executing the pipeline of its name over REST. */
const BINDING = 'https://github.com/quayside/protocols/pipelines-v1';
const JSON_MODE = ['application/json'];
/** A card larger than 256 kB is refused by us, and so perhaps by others. */
const DESCRIPTION_SHOWN_MAX = 500;

/** The card of this installation in the form of A2A 1.0: what everybody may know of it. */
export const controlPlaneCard = (
  pipelines: readonly PublishedPipeline[],
  { publicUrl, version }: PipelinesOptions,
): JsonObject => ({
  name: 'Quayside',
  description: 'Runs MCP servers and agents, and pipelines of them. Each skill is a pipeline.',
  version,
  supportedInterfaces: [
    { url: `${publicUrl}/api/v1/pipelines`, protocolBinding: BINDING, protocolVersion: '1.0' },
  ],
  documentationUrl: `${publicUrl}/docs`,
  capabilities: { streaming: false, pushNotifications: false },
  defaultInputModes: JSON_MODE,
  defaultOutputModes: JSON_MODE,
  skills: pipelines.map(({ name, description }) => ({
    ...{ id: name, name, tags: ['pipeline'] },
    description: description === '' ? `The pipeline ${name}.` : description.slice(0, DESCRIPTION_SHOWN_MAX),
  })),
  securitySchemes: { bearer: { httpAuthSecurityScheme: { scheme: 'Bearer' } } },
  securityRequirements: [{ schemes: { bearer: { list: [] } } }],
});
