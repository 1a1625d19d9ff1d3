import { Button, Skeleton } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { api, rest } from '~/api/client';
import { useMay } from '~/api/me';
import { confirmDestructive, Mono, PageHeader, ProblemCard } from '~/components';
import { type Endpoint } from './data';
import { EndpointForm } from './endpoint/endpoint-form';
import { NEW } from './endpoint/new-endpoint';
import { text } from './text';

const route = getRouteApi('/inside/endpoints/$name');
const CRUMBS = [{ label: text.edit.crumb, to: '/connect' }];
const LIST = ['get', '/api/v1/mcp/endpoints'];

/** Which tools of which instances are offered under one address. */
export default function EndpointPage() {
  const { name } = route.useParams();
  return name === NEW ? <NewEndpoint /> : <KnownEndpoint key={name} name={name} />;
}

function NewEndpoint() {
  const navigate = useNavigate();
  return (
    <>
      <PageHeader title={text.edit.newTitle} crumbs={CRUMBS} />
      <EndpointForm
        endpoint={undefined}
        onSaved={({ name }) =>
          void navigate({ to: '/connect', search: { target: `endpoint:${name}` } } as never)
        }
      />
    </>
  );
}

function KnownEndpoint({ name }: { readonly name: string }) {
  const client = useQueryClient();
  const { data, error, isPending, refetch } = api.useQuery('get', '/api/v1/mcp/endpoints/{name}', {
    params: { path: { name } },
  });
  if (error !== null) return <ProblemCard problem={error} onRetry={() => void refetch()} />;
  if (isPending) return <Skeleton height={320} data-testid="loading" />;
  const saved = (): void => {
    void refetch();
    void client.invalidateQueries({ queryKey: LIST });
  };
  return (
    <>
      <PageHeader
        title={data.name}
        crumbs={CRUMBS}
        description={<Mono>{data.url}</Mono>}
        actions={<Actions endpoint={data} />}
      />
      <EndpointForm key={data.updated_at} endpoint={data} onSaved={saved} />
    </>
  );
}

function Actions({ endpoint }: { readonly endpoint: Endpoint }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const may = useMay('endpoints:delete');
  const remove = async (): Promise<void> => {
    const { error } = await rest.DELETE('/api/v1/mcp/endpoints/{name}', {
      params: { path: { name: endpoint.name } },
    });
    if (error !== undefined) throw error as unknown as Error;
    await client.invalidateQueries({ queryKey: LIST });
    await navigate({ to: '/connect' });
  };
  return (
    <>
      <Button
        component={Link}
        to="/connect"
        search={{ target: `endpoint:${endpoint.name}` } as never}
        variant="default"
      >
        {text.list.connect}
      </Button>
      {may && (
        <Button
          variant="default"
          color="red"
          data-testid="endpoint-delete"
          onClick={() =>
            confirmDestructive({
              title: text.edit.deleteTitle(endpoint.name),
              lists: text.edit.deleteLists(endpoint.url),
              typeName: endpoint.name,
              confirmLabel: text.edit.delete,
              onConfirm: remove,
            })
          }
        >
          {text.edit.delete}
        </Button>
      )}
    </>
  );
}
