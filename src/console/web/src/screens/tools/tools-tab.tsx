import { Alert, Anchor, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { EmptyState, ProblemCard, Shown } from '~/components';
import { fits, groupsOf, type Tool, tokensOf, useTools } from './data';
import { DegradedServers, ItemList, Line } from './list/item-list';
import classes from './list/list.module.css';
import { ToolPanel } from './play/tool-panel';
import { text } from './text';
import { Split, useToolsSearch } from './list/split';

export function ToolsTab() {
  const { search, go } = useToolsSearch();
  const { data, error, isPending, refetch } = useTools();
  if (isPending) return <Skeleton height={320} data-testid="loading" />;
  if (error !== null) return <ProblemCard problem={error} onRetry={() => void refetch()} />;
  const { tools, degraded } = data;
  if (tools.length === 0)
    return (
      <Stack>
        <DegradedServers degraded={degraded} />
        <NoTools />
      </Stack>
    );
  const shown = tools.filter((tool) => fits(tool, search.q, search.of));
  const open = tools.find((tool) => isOpen(tool, search));
  return (
    <Split
      servers={groupsOf(tools).map(({ server }) => server)}
      above={
        <>
          <Shown
            shown={shown.length}
            total={tools.length}
            onClear={() => go({ ...search, q: undefined, of: undefined })}
          />
          <Total tools={shown} />
        </>
      }
      list={
        <Stack>
          <DegradedServers degraded={degraded} />
          {shown.length === 0 && (
            <Text c="dimmed" data-testid="no-match">
              {text.noMatch}
            </Text>
          )}
          <ItemList
            label={text.title}
            testId="tools-list"
            groups={groupsOf(shown)}
            keyOf={(tool) => `${tool.server_name}/${tool.name}`}
            isOpen={(tool) => isOpen(tool, search)}
            onOpen={(tool) => go({ ...search, server: tool.server_name, name: tool.name })}
            about={({ items }) => text.total(items.length, tokensOf(items))}
            line={(tool) => (
              <Line
                name={tool.name}
                about={tool.title ?? tool.description}
                end={<span className={classes.end}>{text.tokensShort(tool.estimated_tokens)}</span>}
              />
            )}
          />
        </Stack>
      }
    >
      {open === undefined ? (
        <EmptyState {...text.select} />
      ) : (
        <ToolPanel key={`${open.server_name}/${open.name}`} tool={open} />
      )}
    </Split>
  );
}

const isOpen = (
  tool: Tool,
  { server, name }: { readonly server?: string | undefined; readonly name?: string | undefined },
): boolean => tool.server_name === server && tool.name === name;

const SOME = 40;
const LIMIT = 80;
const MOST = 128;

/** What a client that is shown all of these has to carry. */
function Total({ tools }: { readonly tools: readonly Tool[] }) {
  const count = tools.length;
  const warning = count >= MOST ? text.many.most : count >= LIMIT ? text.many.limit : text.many.some;
  return (
    <Stack gap={4}>
      <Text size="sm" c="dimmed" className="q-figures" data-testid="tools-total">
        {text.total(count, tokensOf(tools))}
      </Text>
      {count >= SOME && (
        <Alert color="yellow" variant="light" p="xs" data-testid="tools-many">
          <Group gap="xs">
            <Text size="sm">{warning}</Text>
            <Anchor component={Link} to="/connect" size="sm">
              {text.slim}
            </Anchor>
          </Group>
        </Alert>
      )}
    </Stack>
  );
}

const NoTools = () => (
  <EmptyState
    title={text.empty.title}
    text={text.empty.text}
    command={text.empty.command}
    action={
      <Button component={Link} to="/catalog" data-testid="tools-empty-action">
        {text.empty.action}
      </Button>
    }
  />
);
