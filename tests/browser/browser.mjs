// Chromium for the tests, and what every page is checked for. playwright-core and axe-core are the console's.
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

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

export const BASE = process.env.YAGURA_URL;
export const ADMIN = { name: 'tester', password: 'a long sentence for tests' };

const execute = promisify(execFile);

/** Runs a program as root: as the server is, whose data and machine only root may touch. */
export function asRoot(program, args, options) {
  return process.getuid() === 0 ? execute(program, args, options) : execute('sudo', ['-E', program, ...args], options);
}

/** Signs in as the administrator of the tests; makes it from the one-time address where there is none yet. */
export async function signIn(page) {
  await page.goto(BASE);
  await page.locator('input[name=password]').or(page.getByRole('heading', { level: 1 })).first().waitFor();
  if (new URL(page.url()).pathname === '/setup') {
    await page.goto(process.env.YAGURA_SETUP_URL);
    await page.locator('input[name=repeat]').fill(ADMIN.password);
  }
  await page.locator('input[name=name]').fill(ADMIN.name);
  await page.locator('input[name=password]').fill(ADMIN.password);
  await page.locator('button[type=submit]').click();
  await page.locator('nav a').first().waitFor();
}

/** Makes the page speak a language from its next load on. */
export const speak = (page, language) => page.evaluate((chosen) => localStorage.setItem('yagura-language', chosen), language);

/** Each path as it is: no accessibility fault in light and dark, not wider than a telephone; pictures to look at. */
export async function looks(page, assert, language, views) {
  await speak(page, language);
  for (const [name, path, ready] of views) {
    await page.setViewportSize({ width: 1280, height: 860 });
    await page.goto(BASE + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    if (ready) await page.locator(ready).first().waitFor();
    await page.waitForTimeout(300);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(250);
      assert.deepEqual(await accessibility(page), [], `${path}, ${language}, ${colorScheme}`);
      await page.screenshot({ path: `${OUT}/${name}-${language}-${colorScheme}.png`, fullPage: true });
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.waitForTimeout(250);
    const wider = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert.ok(wider <= 0, `${path}, ${language}, is ${wider} px too wide for a telephone`);
    await page.screenshot({ path: `${OUT}/${name}-${language}-narrow.png`, fullPage: true });
    if (language === 'ja') {
      // What the console itself says is Japanese; words of its data and names of products are not.
      const said = await page.locator('h1, h2, button, label, th, dt, [role=tab]').evaluateAll((all) => all.filter((one) => !one.closest('[data-said-by]')).map((one) => one.textContent.trim()));
      const foreign = said.filter((text) => /[a-z]{3}/.test(text) && !/[\u3040-\u30ff\u4e00-\u9fff]/.test(text));
      console.log(`${name}: not Japanese: ${JSON.stringify([...new Set(foreign)])}`);
    }
  }
  await page.setViewportSize({ width: 1280, height: 860 });
}
