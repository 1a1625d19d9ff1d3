import { PageHeader } from '~/components';

export default function PipelinesPage() {
  return <PageHeader title="Pipelines" />;
}
