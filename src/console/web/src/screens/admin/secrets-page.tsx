import { PageHeader } from '~/components';

export default function SecretsPage() {
  return <PageHeader title="Secrets" />;
}
