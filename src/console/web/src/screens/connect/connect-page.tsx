import { PageHeader } from '~/components';

export default function ConnectPage() {
  return <PageHeader title="Connect" />;
}
