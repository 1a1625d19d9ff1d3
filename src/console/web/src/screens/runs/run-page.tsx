import { PageHeader } from '~/components';

export default function RunPage() {
  return <PageHeader title="Run" />;
}
