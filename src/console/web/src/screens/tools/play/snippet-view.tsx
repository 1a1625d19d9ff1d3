import { Stack, Text } from '@mantine/core';
import { CodeBlock } from '~/components';
import { asCommand, asCurl, asTypescript, type Call } from './snippets';

const KINDS = [
  ['curl', asCurl],
  ['quayside', asCommand],
  ['TypeScript', asTypescript],
] as const;

/** The call as it stands now, for elsewhere; the key is a variable. */
export function Snippets({ call, origin }: { readonly call: Call; readonly origin: string }) {
  return (
    <Stack gap="sm">
      {KINDS.map(([name, write]) => (
        <div key={name}>
          <Text size="xs" c="dimmed" mb={4}>
            {name}
          </Text>
          <CodeBlock
            code={write(call, origin)}
            label={name}
            testId={`tool-code-${name.toLowerCase()}`}
            maxLines={12}
          />
        </div>
      ))}
    </Stack>
  );
}
