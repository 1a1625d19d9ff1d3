import { PageHeader } from '~/components';

export default function QuotasPage() {
  return <PageHeader title="Quotas" />;
}
