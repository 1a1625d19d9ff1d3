import { PageHeader } from '~/components';

export default function KeysPage() {
  return <PageHeader title="Keys" />;
}
