// Opens a report in Chromium and prints, as JSON, what is seen there:
// node look.mjs <chromium> <report> [--no-script | --large] [<folder for pictures>]
// Of a large report it looks at what size can spoil: drawing, unfolding, filters and search.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const hasScript = !process.argv.includes('--no-script');
const isLarge = process.argv.includes('--large');
const [executablePath, report, pictures] = process.argv.slice(2).filter(one => !one.startsWith('--'));
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const profile = mkdtempSync(join(tmpdir(), 'report-'));
const seen = { requests: [], errors: [], dialogs: 0 };

// A busy machine takes its time; what hangs for two minutes hangs.
const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  headless: true,
  javaScriptEnabled: hasScript,
  acceptDownloads: true,
  viewport: { width: 1280, height: 900 },
  args: [
    '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync',
  ],
});
try {
  const page = context.pages()[0] ?? await context.newPage();
  page.setDefaultTimeout(60_000);
  page.on('request', request => request.url().startsWith('file:') || seen.requests.push(request.url()));
  page.on('pageerror', error => seen.errors.push(String(error)));
  page.on('console', message => message.type() === 'error' && seen.errors.push(message.text()));
  page.on('dialog', dialog => { seen.dialogs++; dialog.dismiss(); });

  // What the page itself says: "26 of 51 work items, 26 of 53 links."
  const shown = async () => {
    const said = (await page.textContent('#status')).match(/^([\d,]+) of [\d,]+ work items, ([\d,]+) of/);
    return said ? [said[1], said[2]].map(number => Number(number.replaceAll(',', ''))) : null;
  };
  const frame = () => page.evaluate(
    () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))));
  // What is drawn in sight: each row's box, the colour of its type and what became of it.
  const drawnRows = () => page.$$eval('#graph [data-id]', all => all.map(row => {
    const box = row.querySelector('rect').getBoundingClientRect();
    return {
      id: row.dataset.id, x: Math.round(box.x), y: Math.round(box.y), right: Math.round(box.right),
      color: row.querySelector('path').getAttribute('fill'),
      icon: row.querySelector('path[fill-rule]').getAttribute('d').length,
      words: [...row.querySelectorAll('text')].map(text => text.textContent).join(' '),
    };
  }).sort((one, other) => one.y - other.y));
  // Words, arrowheads and the boxes of the rows, as they are drawn.
  const collisions = () => page.evaluate(() => {
    const boxes = selector => [...document.querySelectorAll(selector)].map(one => one.getBoundingClientRect());
    const meet = (one, other) => one.left < other.right - 0.5 && other.left < one.right - 0.5
      && one.top < other.bottom - 0.5 && other.top < one.bottom - 0.5;
    const [words, arrows] = [boxes('#graph text'), boxes('#graph [data-arrow]')];
    const rows = boxes('#graph [data-id] > rect:first-child');
    const edge = document.querySelector('#graph svg').getBoundingClientRect().right;
    return {
      arrows: arrows.length,
      coveredArrows: arrows.filter(arrow => words.some(word => meet(word, arrow))).length,
      coveredWords: words.filter((word, index) => words.some((other, at) => at !== index && meet(word, other))).length,
      rowsInRows: rows.filter((row, index) => rows.some((other, at) => at !== index && meet(row, other))).length,
      outside: words.filter(word => word.right > edge + 1).length,
    };
  });
  const order = async value => {
    await page.check(`input[name=order][value=${value}]`);
    await frame();
  };
  const settled = () => page.waitForFunction(() => document.getElementById('tables').getAttribute('aria-busy') === 'false', null, { timeout: 120_000 });

  const started = Date.now();
  await page.goto(pathToFileURL(report).href);
  seen.loaded = Date.now() - started;
  if (hasScript) {
    await page.waitForSelector('#graph[data-rows]', { timeout: 120_000 });
    seen.drawn = Date.now() - started;
    seen.start = await shown();
    seen.startRows = Number(await page.getAttribute('#graph', 'data-rows'));
    await frame();
    seen.rows = await drawnRows();
    seen.wide = await collisions();
    await page.fill('#search', 'SHOP-7');
    await settled();
    seen.early = await shown();
    await frame();
    seen.found = (await drawnRows()).map(row => row.id);
    await page.fill('#search', '');
    await settled();
    await page.check('input[name=scope][value=all]');
    await page.click('#unfold');
    seen.openRows = Number(await page.getAttribute('#graph', 'data-rows'));
  }
  seen.isDrawn = hasScript && await page.locator('#graph svg').count() === 1;
  seen.title = await page.title();
  seen.status = await page.textContent('#status');
  seen.sections = await page.$$eval('details.rows', all =>
    all.map(one => `${one.id} ${one.querySelector('.n').textContent}`));
  seen.headline = await page.textContent('#headline');
  seen.noscript = hasScript ? null : await page.innerText('#drawing noscript');
  seen.strangers = await page.$$eval('main img, svg, iframe, object, script[src], link', all =>
    all.filter(one => !one.closest('#graph') || one.parentElement.id !== 'graph').length);
  seen.links = await page.$$eval('td a', all => all.slice(0, 2).map(one => new URL(one.href).pathname));
  seen.badLinks = await page.$$eval('a', all =>
    all.filter(one => !/^(https?:|file:)/.test(one.href.baseVal ?? one.href)).length);
  const picture = async name => pictures && await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: false });
  await picture('light-wide');

  if (hasScript) {
    seen.all = await shown();
    await page.check('input[name=view][value=before]');
    seen.before = await shown();
    await page.check('input[name=view][value=after]');
    seen.after = await shown();
    await picture('light-after');
    await page.check('input[name=view][value=changes]');
    await order('chains');
    seen.chains = await drawnRows();
    seen.chainCollisions = await collisions();
    await picture('light-chains');
    await order('hierarchy');

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
  }

  if (hasScript && !isLarge) {
    const zoom = async () => Number(await page.getAttribute('#graph', 'data-zoom'));
    const before = await zoom();
    await page.focus('#graph');
    await page.keyboard.press('+');
    seen.keyboardZooms = await zoom() > before;
    await page.click('#fit');
    await frame();
    if (seen.rows.length > 2) {
      await page.focus('#graph');
      await page.keyboard.press('ArrowDown');
      seen.byKeyboard = await page.textContent('#details');
      await page.keyboard.press('Escape');
    }
    await page.fill('#search', 'SHOP-7');
    await settled();
    await page.locator('#graph [data-id="SHOP-7"]').click({ position: { x: 120, y: 6 } });
    await page.waitForSelector('#details p');
    seen.details = await page.textContent('#details');
    await page.fill('#search', '');
    await settled();

    // The pictures that a person would paste.
    const saved = async id => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.click(`#${id}`)]);
      return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
    };
    const [png, svg] = [await saved('png'), await saved('svg')];
    seen.png = { name: png.name, ...await page.evaluate(async address => {
      const image = new Image();
      image.src = address;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      const context = canvas.getContext('2d');
      context.drawImage(image, 0, 0);
      const [width, height] = [Math.min(image.width, 2000), Math.min(image.height, 1500)];
      const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
      return { width: image.width, height: image.height, corner: pixels[0] >>> 0, colors: new Set(pixels).size };
    }, `data:image/png;base64,${png.bytes.toString('base64')}`) };
    seen.drawnPixels = seen.png.colors > 10;
    seen.svg = { name: svg.name, ...await page.evaluate(text => {
      const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
      return {
        root: parsed.documentElement.localName,
        words: parsed.documentElement.textContent,
        active: parsed.querySelectorAll(
          'script, foreignObject, image, use, style, [onload], [onerror], [onclick]').length,
        addresses: [...new Set([...parsed.querySelectorAll('a')].map(one => new URL(one.getAttribute('href')).host))],
      };
    }, svg.bytes.toString('utf8')) };
    if (pictures) {
      writeFileSync(join(pictures, 'saved.png'), png.bytes);
      writeFileSync(join(pictures, 'saved.svg'), svg.bytes);
    }
    await picture('light-chosen');

    const wrong = async name => {
      const result = await page.evaluate(
        `${axe}; axe.run({ exclude: 'tbody tr:nth-child(n + 40)' },
          { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'] })`);
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
    seen.phone = await collisions();
    await picture('dark-phone');
    await page.evaluate(() => document.getElementById('graph').scrollIntoView());
    await frame();
    await picture('dark-phone-graph');
    if (pictures) {
      await page.emulateMedia({ colorScheme: 'light' });
      await page.evaluate(() => document.getElementById('tables').scrollIntoView());
      await picture('light-phone-tables');
    }

    await page.setViewportSize({ width: 1280, height: 900 });
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    seen.printed = await page.evaluate(() => ({
      background: getComputedStyle(document.body).backgroundColor,
      picture: document.querySelector('#print svg')?.getBoundingClientRect().width > 100,
      filters: getComputedStyle(document.getElementById('filters')).display,
    }));
    if (pictures) await page.pdf({ path: join(pictures, 'print.pdf'), format: 'A4' });
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
  }
} finally {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
}
// That one was ours: the script that was added late.
seen.errors = seen.errors.filter(text => !text.includes('violates the following Content Security Policy directive'));
console.log(JSON.stringify(seen));
