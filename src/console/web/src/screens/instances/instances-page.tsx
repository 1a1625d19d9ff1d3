import { PageHeader } from '~/components';

export default function InstancesPage() {
  return <PageHeader title="Instances" />;
}
