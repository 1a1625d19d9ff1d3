import { PageHeader } from '~/components';

export default function WebhooksPage() {
  return <PageHeader title="Webhooks" />;
}
