import { Anchor, Group, List, Text, ThemeIcon, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import classes from './overview.module.css';
import { text } from './text';

/** Shown until the first instance is there. */
export const FirstSteps = () => (
  <section className={classes.card} data-testid="overview-first-steps">
    <Title order={2} mb={4}>
      {text.start.title}
    </Title>
    <Text c="dimmed" mb="sm">
      {text.start.text}
    </Text>
    <List listStyleType="none" spacing="sm">
      {text.start.steps.map(({ label, to, text: about }, at) => (
        <List.Item key={to}>
          <Group gap="sm" wrap="nowrap" align="flex-start">
            <ThemeIcon variant="default" radius="xl" size={24} aria-hidden>
              <Text size="xs">{at + 1}</Text>
            </ThemeIcon>
            <div>
              <Anchor component={Link} to={to} fw={600}>
                {label}
              </Anchor>
              <Text size="sm" c="dimmed">
                {about}
              </Text>
            </div>
          </Group>
        </List.Item>
      ))}
    </List>
  </section>
);
