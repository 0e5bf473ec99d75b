import { fileURLToPath } from 'node:url';

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

import { kernTokens } from './scripts/kern-tokens.mjs';
import { pdfAssets } from './scripts/pdf-assets.mjs';
import { plainIcons } from './scripts/plain-icons.mjs';
import { shortMessages } from './scripts/short-messages.mjs';

// The real window needs the core; everything else shows the fixture.
const inTauri = (mode: string) => mode === 'production' || process.env['TAURI_ENV_PLATFORM'] !== undefined;

const isolated = 'src/**/*.isolated.test.ts';

export default defineConfig(({ mode }) => ({
  plugins: [kernTokens(), shortMessages(), plainIcons(), svelte(), pdfAssets()],
  resolve: {
    alias: {
      '#backend': fileURLToPath(new URL(inTauri(mode) ? './src/tauri.ts' : './src/fixture.ts', import.meta.url)),
    },
    ...(mode === 'test' ? { conditions: ['browser'] } : {}),
  },
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: {
    target: 'safari18',
    cssTarget: 'safari18',
    modulePreload: { polyfill: false },
    // Inlined assets would be data: addresses, which the content security policy refuses.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  test: {
    environment: 'happy-dom',
    projects: [
      // The modules are loaded once for all of these, which takes most of the time.
      { extends: true, test: { name: 'shared', include: ['src/**/*.test.ts'], exclude: [isolated], isolate: false } },
      // These replace modules or the time zone, which modules keep.
      { extends: true, test: { name: 'isolated', include: [isolated] } },
    ],
  },
}));
