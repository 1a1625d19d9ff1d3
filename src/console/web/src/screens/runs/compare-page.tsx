import { PageHeader } from '~/components';

export default function ComparePage() {
  return <PageHeader title="Compare" />;
}
