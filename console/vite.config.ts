import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The server embeds what lies in the output folder; scripts/console.sh names the folder.
const outDir = process.env.YAGURA_CONSOLE_DIST ?? 'dist';
const api = process.env.YAGURA_URL ?? 'http://127.0.0.1:8471';

export default defineConfig({
  plugins: [react()],
  build: { outDir, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 700, modulePreload: { polyfill: false } },
  server: { proxy: { '/v1': { target: api, changeOrigin: true } } },
  // node_modules may be a link to a cache folder outside the project.
  resolve: { preserveSymlinks: true },
  test: { include: ['src/**/*.test.ts'] },
});
