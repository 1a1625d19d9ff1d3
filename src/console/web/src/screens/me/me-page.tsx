import { PageHeader } from '~/components';

export default function MePage() {
  return <PageHeader title="Me" />;
}
