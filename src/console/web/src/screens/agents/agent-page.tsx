import { PageHeader } from '~/components';

export default function AgentPage() {
  return <PageHeader title="Agent" />;
}
