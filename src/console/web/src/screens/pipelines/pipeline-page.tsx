import { PageHeader } from '~/components';

export default function PipelinePage() {
  return <PageHeader title="Pipeline" />;
}
