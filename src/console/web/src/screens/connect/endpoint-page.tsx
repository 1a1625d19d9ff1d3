import { PageHeader } from '~/components';

export default function EndpointPage() {
  return <PageHeader title="Endpoint" />;
}
