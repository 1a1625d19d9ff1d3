import { PageHeader } from '~/components';

export default function AboutPage() {
  return <PageHeader title="About" />;
}
