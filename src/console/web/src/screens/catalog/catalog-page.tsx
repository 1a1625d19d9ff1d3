import { PageHeader } from '~/components';

export default function CatalogPage() {
  return <PageHeader title="Catalog" />;
}
