// Opens a report in Chromium and prints, as JSON, what is seen there: node look.mjs <chromium> <report> [<folder for pictures>]
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const [executablePath, report, pictures] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const profile = mkdtempSync(join(tmpdir(), 'report-'));
const seen = { requests: [], errors: [], dialogs: 0 };

// A busy machine takes its time; what hangs for two minutes hangs.
const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  viewport: { width: 1280, height: 900 },
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});
try {
  const page = context.pages()[0] ?? await context.newPage();
  page.setDefaultTimeout(120_000);
  page.on('request', request => request.url().startsWith('file:') || seen.requests.push(request.url()));
  page.on('pageerror', error => seen.errors.push(String(error)));
  page.on('console', message => message.type() === 'error' && seen.errors.push(message.text()));
  page.on('dialog', dialog => { seen.dialogs++; dialog.dismiss(); });

  const shown = () => page.evaluate(async () => {
    // What a filter changes is drawn with the next frame.
    await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
    const { cy } = document.getElementById('graph')._cyreg;
    return [cy.nodes(':visible').length, cy.edges(':visible').length];
  });
  const settled = () => page.waitForFunction(() => document.getElementById('tables').getAttribute('aria-busy') === 'false', null, { timeout: 120_000 });

  const started = Date.now();
  await page.goto(pathToFileURL(report).href);
  seen.loaded = Date.now() - started;
  const isDrawn = await page.evaluate(() => !document.getElementById('drawing').classList.contains('without'));
  if (isDrawn) {
    // It can be used before everything has found its place.
    await page.waitForSelector('#graph[data-drawn]', { timeout: 120_000 });
    seen.drawn = Date.now() - started;
    await page.fill('#search', 'SHOP-7');
    await settled();
    seen.early = await shown();
    await page.fill('#search', '');
    await settled();
    await page.waitForSelector('#graph[data-arranged]', { timeout: 120_000 });
    seen.arranged = Date.now() - started;
  }
  seen.isDrawn = isDrawn;
  seen.title = await page.title();
  seen.status = await page.textContent('#status');
  seen.sections = await page.$$eval('details', all => all.map(one => `${one.id} ${one.querySelector('.n').textContent}`));
  seen.strangers = await page.$$eval('main img:not(#print), svg, iframe, script[src], link', all => all.length);
  seen.links = await page.$$eval('td a', all => all.slice(0, 2).map(one => new URL(one.href).pathname));
  seen.badLinks = await page.$$eval('a', all => all.filter(one => !/^(https?:|file:)/.test(one.href)).length);
  const picture = async name => pictures && await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: false });
  await picture('light-wide');

  if (isDrawn) {
    seen.all = await shown();
    await page.check('input[value=before]');
    seen.before = await shown();
    await page.check('input[value=after]');
    seen.after = await shown();
    await picture('light-after');
    await page.check('input[value=changes]');

    await page.fill('#search', 'SHOP-7');
    await settled();
    seen.searched = await shown();
    seen.searchedRows = await page.$$eval('tbody tr:not([hidden])', all => all.length);
    await page.fill('#search', '');
    await page.selectOption('#type', 'Epic');
    await settled();
    seen.epics = await shown();
    await page.selectOption('#type', '');
    await page.uncheck('input[value=Keep]');
    await settled();
    seen.withoutKept = await shown();
    await page.check('input[value=Keep]');
    await settled();

    const zoom = () => page.evaluate(() => document.getElementById('graph')._cyreg.cy.zoom());
    const before = await zoom();
    await page.focus('#graph');
    await page.keyboard.press('+');
    seen.keyboardZooms = await zoom() > before;
    await page.click('#fit');
    const place = await page.evaluate(() => {
      const { cy } = document.getElementById('graph')._cyreg;
      const box = document.getElementById('graph').getBoundingClientRect();
      const at = cy.getElementById('SHOP-7').renderedPosition();
      return { x: box.x + at.x, y: box.y + at.y };
    });
    await page.mouse.click(place.x, place.y);
    await page.waitForSelector('#details p');
    seen.told = await page.textContent('#details');
    seen.drawnPixels = await page.evaluate(() => [...document.querySelectorAll('#graph canvas')].some(canvas => {
      const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      return pixels.some(value => value !== 0);
    }));
    await picture('light-chosen');
  }

  const wrong = async name => {
    const result = await page.evaluate(`${axe}; axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] })`);
    seen[name] = result.violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`);
  };
  await page.emulateMedia({ colorScheme: 'light' });
  await wrong('axeLight');
  await page.emulateMedia({ colorScheme: 'dark' });
  await wrong('axeDark');
  await picture('dark-wide');

  await page.setViewportSize({ width: 390, height: 844 });
  await page.evaluate(() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
  seen.phoneOverflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  await picture('dark-phone');
  if (pictures) {
    await page.emulateMedia({ colorScheme: 'light' });
    await page.evaluate(() => document.getElementById('tables').scrollIntoView());
    await picture('light-phone-tables');
  }

  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
  await page.evaluate(async () => {
    dispatchEvent(new Event('beforeprint'));
    const drawn = document.getElementById('print');
    if (drawn.getAttribute('src')) await drawn.decode();
  });
  seen.printed = await page.evaluate(() => ({
    background: getComputedStyle(document.body).backgroundColor,
    picture: document.getElementById('print').naturalWidth > 100,
    filters: getComputedStyle(document.getElementById('filters')).display,
  }));
  await picture('print');

  await page.emulateMedia({ media: 'screen' });
  await page.evaluate(() => scrollTo(0, 0));
  await page.keyboard.press('Tab');
  seen.script = await page.evaluate(() => {
    // Text that says "script" is no script, and one that is added later may not run.
    const late = document.createElement('script');
    late.textContent = 'window.late = true';
    document.body.append(late);
    return window.late === true;
  });
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
// That one was ours: the script that was added late.
seen.errors = seen.errors.filter(text => !text.includes('violates the following Content Security Policy directive'));
console.log(JSON.stringify(seen));
