import { type EndpointContent } from '../domain/virtual-endpoint';

export interface EndpointView extends EndpointContent {
  readonly name: string;
  readonly rowVersion: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
