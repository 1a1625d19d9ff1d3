import { PageHeader } from '~/components';

export default function InstancePage() {
  return <PageHeader title="Instance" />;
}
