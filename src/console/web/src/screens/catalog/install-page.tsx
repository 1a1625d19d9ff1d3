import { PageHeader } from '~/components';

export default function InstallPage() {
  return <PageHeader title="Install" />;
}
