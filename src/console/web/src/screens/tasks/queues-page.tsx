import { PageHeader } from '~/components';

export default function QueuesPage() {
  return <PageHeader title="Queues" />;
}
