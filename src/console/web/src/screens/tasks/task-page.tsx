import { PageHeader } from '~/components';

export default function TaskPage() {
  return <PageHeader title="Task" />;
}
