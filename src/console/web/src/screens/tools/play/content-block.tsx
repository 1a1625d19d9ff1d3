import { Anchor, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { CodeBlock, JsonView, Mono } from '~/components';
import { text } from '../text';
import classes from './content.module.css';

type Content = Readonly<Record<string, unknown>>;

/** Raster formats: they cannot carry a script, whatever their sender wants. */
const IMAGES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const SOUNDS: ReadonlySet<string> = new Set(['audio/wav', 'audio/mpeg', 'audio/ogg', 'audio/webm']);
const TEXT_MAX_CHARACTERS = 200_000;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** One piece of an answer, shown as what it says that it is; nothing of it is markup. */
export function Block({ block, server }: { readonly block: Content; readonly server: string }) {
  const type = textOf(block['type']);
  if (type === 'text') return <TextBlock value={textOf(block['text'])} />;
  if (type === 'image' || type === 'audio') return <Media block={block} type={type} />;
  if (type === 'resource_link')
    return <ResourceLink server={server} uri={textOf(block['uri'])} name={textOf(block['name'])} />;
  if (type === 'resource' && typeof block['resource'] === 'object' && block['resource'] !== null)
    return <Contents contents={block['resource'] as Content} />;
  return (
    <Stack gap={4}>
      <Text size="xs" c="dimmed">
        {text.unknownBlock(type)}
      </Text>
      <JsonView value={block} label={type} />
    </Stack>
  );
}

/** Text that is JSON is also shown as a tree. */
function TextBlock({ value }: { readonly value: string }) {
  const parsed = jsonIn(value);
  return (
    <Stack gap="xs">
      <CodeBlock code={value.slice(0, TEXT_MAX_CHARACTERS)} label={text.text} testId="tool-result-text" />
      {parsed !== undefined && <JsonView value={parsed} label={text.asJson} />}
    </Stack>
  );
}

function Media({ block, type }: { readonly block: Content; readonly type: 'image' | 'audio' }) {
  const mime = textOf(block['mimeType']);
  const data = textOf(block['data']);
  if (!/^[A-Za-z0-9+/=\s]*$/.test(data)) return <JsonView value={block} label={type} />;
  const source = `data:${mime};base64,${data}`;
  if (type === 'image' && IMAGES.has(mime))
    return <img src={source} alt={text.image} className={classes.image} data-testid="tool-result-image" />;
  if (type === 'audio' && SOUNDS.has(mime)) return <Text size="sm">{`${text.audio} · ${mime}`}</Text>;
  return (
    <Text size="sm">
      {type === 'image' ? text.image : text.audio} · <Mono>{mime}</Mono>
    </Text>
  );
}

const ResourceLink = (props: { readonly server: string; readonly uri: string; readonly name: string }) => (
  <Group gap="xs">
    <Text size="sm">
      {text.link} <b>{props.name}</b>
    </Text>
    <Mono>{props.uri}</Mono>
    <Anchor
      component={Link}
      to="/tools"
      search={{ tab: 'resources', server: props.server, name: props.uri } as never}
      size="sm"
    >
      {text.open}
    </Anchor>
  </Group>
);

/** What reading a resource gives: text, or bytes. */
export function Contents({ contents }: { readonly contents: Content }) {
  const mime = textOf(contents['mimeType']);
  const blob = textOf(contents['blob']);
  return (
    <Stack gap={6} data-testid="resource-contents">
      <Group gap="xs">
        <Mono>{textOf(contents['uri'])}</Mono>
        <Text size="xs" c="dimmed">
          {mime}
        </Text>
      </Group>
      {typeof contents['text'] === 'string' && <TextBlock value={contents['text']} />}
      {blob !== '' && IMAGES.has(mime) && <Media type="image" block={{ mimeType: mime, data: blob }} />}
      {blob !== '' && !IMAGES.has(mime) && (
        <CodeBlock code={blob.slice(0, TEXT_MAX_CHARACTERS)} label={text.contents} maxLines={8} />
      )}
    </Stack>
  );
}

function jsonIn(value: string): unknown {
  const start = value.trimStart()[0];
  if (start !== '{' && start !== '[') return undefined;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}
