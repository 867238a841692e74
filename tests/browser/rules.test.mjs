// Rules written in the console: checked while typing, tried on what happened, put in force, changed, brought back, deleted.
//
// Needs the same as console.test.mjs, and works after it or alone.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';

import { accessibility, BASE, openBrowser, OUT, signIn, speak } from './browser.mjs';

const run = promisify(execFile);
/** A trial ends after 40 seconds; a machine where much happens has much to look at. */
const TRIAL_MS_MAX = 60_000;
const FILE = 'watch-marker';
const RULE = 'Marker program started';
const rules = (program) => `- rule: ${RULE}
  desc: A program that only this test starts.
  condition: evt.type in (execve, execveat) and proc.name = ${program}
  output: Marker started (command=%proc.cmdline)
  priority: WARNING
  tags: [host]
`;

/** Starts a program of this name, which does nothing. */
async function start(name) {
  const program = `/tmp/${name}`;
  await run('sh', ['-c', `cp "$(command -v cat)" ${program} && ${program} /dev/null; rm -f ${program}`]);
}

describe('rules', () => {
  let session;
  let page;
  before(async () => {
    session = await openBrowser();
    page = session.page;
    page.setDefaultTimeout(15_000);
    await signIn(page);
    await speak(page, 'en');
  });
  after(async () => {
    await page?.screenshot({ path: `${OUT}/rules-last.png` }).catch(() => undefined);
    await session?.browser.close();
  });

  const write = async (text) => {
    await page.locator('.cm-content').first().click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText(text);
  };
  const settled = (errors) => page.waitForFunction((wanted) => {
    const status = document.querySelector('[role=status][data-errors]');
    return status?.dataset.errors === String(wanted) && !status.textContent.includes('Checking');
  }, errors);

  it('checks rules while they are written', async () => {
    await page.goto(`${BASE}/rules`);
    await page.getByRole('button', { name: 'Rule files' }).click();
    await page.getByRole('menuitem', { name: 'New rule file' }).click();
    await page.getByRole('heading', { level: 1, name: 'New rule file' }).waitFor();
    await write(rules('a and proc.nane = b'));
    await settled(1);
    await page.getByText('proc.nane').first().waitFor();
    await page.locator('.cm-lint-marker-error').waitFor();
    assert.deepEqual(await accessibility(page), []);
    await page.screenshot({ path: `${OUT}/rule-editor-errors.png`, fullPage: true });
    assert.equal(await page.getByRole('button', { name: 'Save and put in force' }).isDisabled(), true);
  });

  it('says what they would have found', async () => {
    await start('yagmarker1');
    await write(rules('yagmarker1'));
    await settled(0);
    // What happened a moment ago is stored within a second.
    for (let tries = 0; ; tries += 1) {
      await page.getByRole('button', { name: 'Try', exact: true }).click();
      await page.locator('[data-events]').waitFor({ timeout: TRIAL_MS_MAX });
      if ((await page.locator(`[data-trial-rule="${RULE}"]`).getAttribute('data-matches')) === '1') break;
      assert.ok(tries < 10, 'the program that was started is found');
      await page.waitForTimeout(500);
    }
    await page.getByText('Marker started (command=yagmarker1 /dev/null)').waitFor();
    assert.deepEqual(await accessibility(page), []);
  });

  it('puts them in force when they are saved', async () => {
    await page.getByLabel('Name of the file').fill(FILE);
    await page.getByLabel('What changed, and why').fill('the first try');
    await page.getByRole('button', { name: 'Save and put in force' }).click();
    await page.getByRole('heading', { level: 1, name: FILE }).waitFor();
    await page.locator('[data-version="1"]').waitFor();
    await start('yagmarker1');
    await page.goto(`${BASE}/findings?rule=${encodeURIComponent(RULE)}`);
    await page.locator(`[data-rule="${RULE}"]`).waitFor();
  });

  it('keeps versions, compares them and brings one back', async () => {
    await page.goto(`${BASE}/rule-editor?file=${FILE}`);
    await page.locator('.cm-content').first().waitFor();
    await write(rules('yagmarker2'));
    await settled(0);
    await page.getByRole('button', { name: 'Save and put in force' }).click();
    await page.locator('[data-version="2"]').waitFor();
    await page.locator('[data-version="1"]').getByRole('button', { name: 'Compare' }).click();
    await page.locator('[data-diff] .cm-deletedChunk').waitFor();
    assert.deepEqual(await accessibility(page), []);
    await page.screenshot({ path: `${OUT}/rule-editor.png`, fullPage: true });
    await page.getByRole('button', { name: 'Take the text of version 1' }).click();
    await settled(0);
    await page.getByRole('button', { name: 'Save and put in force' }).click();
    await page.locator('[data-version="3"]').waitFor();
    assert.match(await page.locator('.cm-content').first().textContent(), /yagmarker1/);
  });

  it('asks before changes are lost', async () => {
    await write(`${rules('yagmarker1')}# more\n`);
    await page.getByRole('link', { name: /^Overview/ }).first().click();
    await page.getByRole('dialog').getByText('There are unsaved changes').waitFor();
    await page.getByRole('button', { name: 'Stay here' }).click();
    await page.getByRole('heading', { level: 1, name: FILE }).waitFor();
  });

  it('shows the rule with its matches, and speaks Japanese', async () => {
    await page.goto(`${BASE}/rules/${encodeURIComponent(RULE)}`);
    await page.waitForFunction(() => Number(document.querySelector('[data-part=hits]')?.dataset.total) > 0);
    await page.getByRole('link', { name: 'Edit' }).waitFor();
    assert.deepEqual(await accessibility(page), []);
    await page.screenshot({ path: `${OUT}/rule.png`, fullPage: true });
    await speak(page, 'ja');
    await page.goto(`${BASE}/rule-editor?file=${FILE}`);
    await page.locator('.cm-content').first().waitFor();
    await page.waitForTimeout(300);
    assert.deepEqual(await accessibility(page), []);
    await page.screenshot({ path: `${OUT}/rule-editor-ja.png`, fullPage: true });
    await speak(page, 'en');
  });

  it('starts from a rule of ours', async () => {
    await page.goto(`${BASE}/rules`);
    await page.getByLabel('Search name, description, tag').fill('private keys');
    await page.locator('[data-rule="Search for private keys"] a').click();
    await page.getByRole('link', { name: 'Copy into a file of mine' }).click();
    await page.locator('.cm-content', { hasText: 'Search for private keys' }).waitFor();
  });

  it('deletes the file, whose rules are no longer in force', async () => {
    await page.goto(`${BASE}/rule-editor?file=${FILE}`);
    await page.getByRole('button', { name: 'Delete file' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete file' }).click();
    await page.getByRole('heading', { level: 1, name: 'Rules' }).waitFor();
    await page.getByLabel('Search name, description, tag').fill('Marker program');
    await page.getByText('No rule matches these filters').waitFor();
  });

  it('called nobody but its server and raised no error', () => {
    assert.deepEqual(session.complaints, []);
    assert.deepEqual([...session.hosts], [new URL(BASE).host]);
  });
});
