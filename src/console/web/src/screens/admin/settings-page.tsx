import { PageHeader } from '~/components';

export default function SettingsPage() {
  return <PageHeader title="Settings" />;
}
