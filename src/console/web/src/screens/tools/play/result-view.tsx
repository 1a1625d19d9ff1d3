import { Alert, Badge, Group, Stack, Tabs, Text } from '@mantine/core';
import { CodeBlock, Duration, JsonView, Mono } from '~/components';
import { type Tool, type ToolResult } from '../data';
import { text } from '../text';
import { Block } from './content-block';
import { faultsOf } from './output-check';

interface ResultViewProps {
  readonly tool: Tool;
  readonly result: ToolResult;
  readonly sent: unknown;
}

/** What the tool answered, as what it is; and both sides of the exchange as they were. */
export function ResultView({ tool, result, sent }: ResultViewProps) {
  return (
    <section aria-label={text.result} data-testid="tool-result" data-error={result.is_error || undefined}>
      <Tabs defaultValue="result" keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="result">{text.result}</Tabs.Tab>
          <Tabs.Tab value="raw" data-testid="tool-raw-tab">
            {text.exchange}
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="result">
          <Stack gap="sm">
            <Group gap="sm" aria-live="polite">
              <Badge color={result.is_error ? 'red' : 'green'} variant="light" tt="none">
                {result.is_error ? text.failed : text.ok}
              </Badge>
              <Text size="sm" c="dimmed">
                {text.took} <Duration ms={result.duration_ms} />
              </Text>
            </Group>
            {result.content.map((block, index) => (
              <Block key={index} block={block} server={tool.server_name} />
            ))}
            {result.structured_content !== undefined && <Structured tool={tool} result={result} />}
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="raw">
          <Stack gap="sm">
            <Raw title={text.request} value={sent} />
            <Raw title={text.answer} value={result} />
            <Text size="xs" c="dimmed">
              {text.requestId} <Mono>{result.request_id}</Mono>
            </Text>
          </Stack>
        </Tabs.Panel>
      </Tabs>
    </section>
  );
}

const RAW_MAX_CHARACTERS = 200_000;

const Raw = ({ title, value }: { readonly title: string; readonly value: unknown }) => (
  <div>
    <Text size="xs" c="dimmed" mb={4}>
      {title}
    </Text>
    <CodeBlock
      code={JSON.stringify(value, null, 2).slice(0, RAW_MAX_CHARACTERS)}
      label={title}
      maxLines={16}
    />
  </div>
);

function Structured({ tool, result }: { readonly tool: Tool; readonly result: ToolResult }) {
  const faults = faultsOf(result.structured_content, tool.output_schema);
  return (
    <Stack gap={6}>
      <Group gap="xs">
        <Text size="sm" fw={600}>
          {text.structured}
        </Text>
        {faults !== undefined && (
          <Badge
            variant="light"
            tt="none"
            color={faults.length === 0 ? 'green' : 'red'}
            data-testid="tool-output-check"
          >
            {faults.length === 0 ? text.fits : text.fitsNot}
          </Badge>
        )}
      </Group>
      {faults !== undefined && faults.length > 0 && (
        <Alert color="red" variant="light">
          {faults.map((fault) => (
            <Text key={fault} size="sm">
              {fault}
            </Text>
          ))}
        </Alert>
      )}
      <JsonView value={result.structured_content} label={text.structured} open={3} testId="tool-structured" />
    </Stack>
  );
}
