import { PageHeader } from '~/components';

export default function ToolsPage() {
  return <PageHeader title="Tools" />;
}
