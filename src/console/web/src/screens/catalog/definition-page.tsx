import { PageHeader } from '~/components';

export default function DefinitionPage() {
  return <PageHeader title="Definition" />;
}
