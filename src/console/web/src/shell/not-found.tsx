import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { EmptyState } from '~/components/empty-state';
import { PageHeader } from '~/components/page-header';
import { ProblemCard } from '~/components/problem-card';
import { words } from '~/design/words';

export const NotFound = () => (
  <>
    <PageHeader title={words.notFound.title} />
    <EmptyState
      title={words.notFound.title}
      text={words.notFound.text}
      action={
        <Button component={Link} to="/">
          {words.notFound.home}
        </Button>
      }
    />
  </>
);

export const BrokenScreen = ({ error, reset }: { readonly error: unknown; readonly reset: () => void }) => (
  <>
    <PageHeader title={words.brokenScreen.title} description={words.brokenScreen.text} />
    <ProblemCard problem={error} onRetry={reset} />
  </>
);
