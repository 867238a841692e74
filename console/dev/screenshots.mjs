// Pictures of every page, for looking at: `npm run build && npm run mock &`, then `npm run screenshots [folder] [page…]`.
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const base = process.env.YAGURA_URL ?? 'http://127.0.0.1:8471';
const [folder = 'screenshots', ...only] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const PAGES = {
  overview: '/', findings: '/findings', finding: 'first finding', events: '/events', sql: '/events?view=sql', rules: '/rules', rule: '/rules/Terminal%20shell%20in%20container',
  sensor: '/sensor', proofs: '/proofs', tokens: '/settings', account: '/settings?view=account', audit: '/settings?view=audit',
};
for (const [language, scheme, width] of [['en', 'light', 1280], ['ja', 'dark', 1280], ['ja', 'light', 390], ['en', 'dark', 390]]) {
  const context = await browser.newContext({ viewport: { width, height: width > 600 ? 860 : 780 }, colorScheme: scheme, locale: language });
  const page = await context.newPage();
  page.on('console', (message) => message.type() === 'error' && console.log('console:', message.text()));
  page.on('pageerror', (error) => console.log('page:', error.message));
  const signInAndShot = async () => {
    await page.goto(`${base}/sign-in`);
    await page.locator('input[name=name]').waitFor();
    await page.screenshot({ path: `${folder}/signin-${language}-${scheme}-${width}.png` });
    await page.locator('input[name=name]').fill('aiko');
    await page.locator('input[name=password]').fill('correct horse battery');
    await page.locator('button[type=submit]').click();
    await page.waitForURL(`${base}/`);
  };
  await signInAndShot();
  for (const [name, path] of Object.entries(PAGES)) {
    if (only.length > 0 && !only.includes(name)) continue;
    if (name === 'finding') {
      await page.goto(`${base}/findings?text=kworkerd`);
      await page.locator('[data-finding]').first().click();
    } else await page.goto(base + path);
    await page.waitForTimeout(name === 'overview' ? 3500 : 1500);
    if (name === 'sql') {
      await page.locator('.cm-content').click();
      await page.keyboard.press('Control+Enter');
      await page.waitForTimeout(600);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) console.log(`${name} ${language} ${width}: ${wide} px too wide`);
    await page.screenshot({ path: `${folder}/${name}-${language}-${scheme}-${width}.png`, fullPage: !['findings', 'events', 'rules'].includes(name) });
  }
  await context.close();
}
await browser.close();
