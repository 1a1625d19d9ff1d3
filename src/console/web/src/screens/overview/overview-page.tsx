import { PageHeader } from '~/components';

export default function OverviewPage() {
  return <PageHeader title="Overview" />;
}
