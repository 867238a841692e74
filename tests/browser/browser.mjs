// Chromium for the tests, and what every page is checked for. playwright-core and axe-core are the console's.
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(new URL('../../console/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const AXE = require.resolve('axe-core/axe.min.js');
export const OUT = fileURLToPath(new URL('out', import.meta.url));

const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
  '--disable-sync',
];

/** A page in a fresh browser, and what it complained about and whom it called. */
export async function openBrowser() {
  mkdirSync(OUT, { recursive: true });
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
  // axe is put into the page by the driver, which the page's own policy refuses; the policy is checked on its own.
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en', bypassCSP: process.env.YAGURA_BYPASS_CSP !== '0' });
  const page = await context.newPage();
  const complaints = [];
  const hosts = new Set();
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith('http')) hosts.add(host);
  });
  return { browser, context, page, complaints, hosts };
}

/** What axe-core finds wrong with the page as it stands, one line each. */
export async function accessibility(page) {
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))).then(() => undefined, () => undefined)).catch(() => undefined);
  await page.addScriptTag({ path: AXE });
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  return violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(' ')}: ${node.failureSummary?.split('\n').slice(1, 2).join(' ').trim()}`));
}
