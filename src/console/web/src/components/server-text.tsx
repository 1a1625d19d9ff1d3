import { Anchor } from '@mantine/core';
import { lazy, Suspense } from 'react';
import classes from './text.module.css';

const Markdown = lazy(() => import('react-markdown'));

/** Only what leads to a web page over TLS is a link; everything else stays text. */
const SAFE_LINK = /^https:\/\//;

const PARTS = {
  a: ({ href, children }: { href?: string | undefined; children?: React.ReactNode }) =>
    href !== undefined && SAFE_LINK.test(href) ? (
      <Anchor href={href} target="_blank" rel="noopener noreferrer">
        {children}
      </Anchor>
    ) : (
      <>{children}</>
    ),
  // An image would be a request to somebody else's server.
  img: ({ alt }: { alt?: string | undefined }) => <>{alt}</>,
};

/** Text that came from a server, a tool or an agent: Markdown without markup of its own, images or foreign requests. */
export function ServerText({ markdown }: { readonly markdown: string }) {
  return (
    <div className={classes.server}>
      <Suspense fallback={markdown}>
        <Markdown skipHtml components={PARTS}>
          {markdown}
        </Markdown>
      </Suspense>
    </div>
  );
}
