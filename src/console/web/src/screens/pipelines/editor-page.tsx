import { PageHeader } from '~/components';

export default function EditorPage() {
  return <PageHeader title="Editor" />;
}
