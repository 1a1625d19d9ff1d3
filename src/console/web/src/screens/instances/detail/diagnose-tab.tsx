import DiagnosePanel from '~/screens/diagnose/diagnose-panel';
import { type PanelProps } from './panel';

export default function DiagnoseTab({ instance }: PanelProps) {
  return <DiagnosePanel instanceId={instance.id} name={instance.name} status={instance.status} />;
}
