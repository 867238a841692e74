// Starts the console: language, appearance, query cache, router.
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './ui/styles.css';

import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

import { LanguageProvider, loadLanguage, preferredLanguage } from './i18n/language';
import { queryClient } from './queryClient';
import { router } from './router';
import { theme } from './ui/theme';

const schemes = localStorageColorSchemeManager();

async function start(): Promise<void> {
  const language = preferredLanguage();
  await loadLanguage(language);
  const root = document.getElementById('root');
  if (!root) throw new Error('index.html has no #root');
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider initial={language}>
        <MantineProvider theme={theme} colorSchemeManager={schemes} defaultColorScheme="auto">
          <Notifications position="bottom-right" />
          <QueryClientProvider client={queryClient}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </MantineProvider>
      </LanguageProvider>
    </StrictMode>,
  );
}

void start();
