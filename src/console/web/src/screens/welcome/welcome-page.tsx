import { PageHeader } from '~/components';

export default function WelcomePage() {
  return <PageHeader title="Welcome" />;
}
