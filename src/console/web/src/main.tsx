import './security';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './design/tokens.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { ModalsProvider } from '@mantine/modals';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { meetFirst } from './api/me';
import { queryClient } from './api/query-client';
import { cssVariables, theme } from './design/theme';
import { router } from './router';
import { NONCE } from './security';
import { reloadForNewBuild } from './shell/new-build';

const colorSchemes = localStorageColorSchemeManager({ key: 'quayside-color-scheme' });
const MAX_NOTICES = 5;
/** Longer than this nobody waits without being told for what. */
const PATIENCE_MS = 2_000;

reloadForNewBuild();

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no place for the console.');

const page = (
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorSchemes}
      defaultColorScheme="auto"
      getStyleNonce={() => NONCE}
    >
      <QueryClientProvider client={queryClient}>
        <ModalsProvider>
          <Notifications limit={MAX_NOTICES} position="bottom-right" />
          <RouterProvider router={router} />
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>
);

/**
 * What index.html shows stays until there is something better: who it is for, and the code of the screen. A function, as the
 * code of screens waits for all that stands at the head of this file.
 */
async function start(place: HTMLElement): Promise<void> {
  await Promise.race([
    Promise.allSettled([meetFirst(), router.load()]),
    new Promise((resolve) => setTimeout(resolve, PATIENCE_MS)),
  ]);
  createRoot(place).render(page);
}

void start(root);
