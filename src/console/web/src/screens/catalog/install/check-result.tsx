import { List, Paper, Stack, Text, ThemeIcon } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconX } from '@tabler/icons-react';
import { type components } from '~/api/schema.gen';
import { text } from '../text';

type Report = components['schemas']['PreflightDto'];

const SIGNS = {
  ok: { Icon: IconCheck, color: 'green' },
  warning: { Icon: IconAlertTriangle, color: 'yellow' },
  failed: { Icon: IconX, color: 'red' },
} as const;

/** Each check with its verdict in words: colour is only an echo of it. */
export const CheckResult = ({ report }: { readonly report: Report }) => (
  <Paper withBorder p="sm" data-testid="install-check-result" data-ok={report.ok} aria-live="polite">
    <Stack gap="xs">
      <Text fw={600}>{report.ok ? text.form.checkedOk : text.form.checkedBad}</Text>
      <List spacing={6} size="sm" center>
        {report.checks.map(({ name, status, detail }) => {
          const { Icon, color } = SIGNS[status];
          return (
            <List.Item
              key={name}
              data-testid={`install-check-${name}`}
              data-status={status}
              icon={
                <ThemeIcon size={18} radius="xl" variant="light" color={color}>
                  <Icon size={12} aria-hidden />
                </ThemeIcon>
              }
            >
              {`${text.checks[name] ?? name} (${text.checkStatus[status] ?? status}): ${detail}`}
            </List.Item>
          );
        })}
      </List>
    </Stack>
  </Paper>
);
