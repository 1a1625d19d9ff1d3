import { PageHeader } from '~/components';

export default function AgentsPage() {
  return <PageHeader title="Agents" />;
}
