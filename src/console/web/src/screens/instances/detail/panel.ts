import { type Instance } from '../data/instance';

/** Every tab shows the same instance. */
export interface PanelProps {
  readonly instance: Instance;
}
