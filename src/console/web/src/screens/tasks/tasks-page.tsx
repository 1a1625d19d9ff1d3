import { PageHeader } from '~/components';

export default function TasksPage() {
  return <PageHeader title="Tasks" />;
}
