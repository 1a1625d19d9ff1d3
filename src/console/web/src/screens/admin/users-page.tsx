import { PageHeader } from '~/components';

export default function UsersPage() {
  return <PageHeader title="Users" />;
}
