// The report's page: filters the tables and the picture, and lets people unfold, choose, zoom and save what they see.
// Everything that it shows is in the page; it loads nothing.
(() => {
  'use strict';

  const data = JSON.parse(document.getElementById('data').textContent);
  const $ = id => document.getElementById(id);
  const checked = name => document.querySelector(`input[name=${name}]:checked`).value;
  const rows = [...document.querySelectorAll('tbody tr')];
  const model = outline.graph(data);

  const filters = () => ({
    text: $('search').value.trim().toLowerCase(),
    type: $('type').value,
    actions: new Set([...document.querySelectorAll('input[name=action]:checked')].map(box => box.value)),
    view: checked('view'),
    order: checked('order'),
    scope: checked('scope'),
  });

  const amount = count => count.toLocaleString('en');

  function filterTables({ text, type, actions }) {
    for (const row of rows) {
      row.hidden = !actions.has(row.dataset.action)
        || (text !== '' && !(row.words ??= row.textContent.toLowerCase()).includes(text))
        || (type !== '' && row.dataset.type !== type && row.dataset.type !== '');
    }
    for (const section of document.querySelectorAll('details.rows')) {
      const all = section.querySelectorAll('tbody tr');
      const shown = [...all].filter(row => !row.hidden).length;
      section.querySelector('.n').textContent = shown === all.length ? amount(shown) : `${amount(shown)} of ${amount(all.length)}`;
    }
  }

  let drawing = null;
  if (model.nodes.length > 0) {
    drawing = draw();
    drawing.filter(filters());
  } else {
    $('drawing').classList.add('without');
    $('status').textContent = 'There is nothing to draw.';
  }
  $('tables').setAttribute('aria-busy', 'false');

  function apply() {
    const chosen = filters();
    filterTables(chosen);
    drawing?.filter(chosen);
    $('tables').setAttribute('aria-busy', 'false');
  }

  let waiting = 0;
  $('filters').addEventListener('input', () => {
    $('tables').setAttribute('aria-busy', 'true');
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  });
  $('filters').addEventListener('submit', event => event.preventDefault());
  for (const radio of document.querySelectorAll('#drawing input[type=radio]')) radio.addEventListener('change', apply);

  function draw() {
    const container = $('graph');
    const sheet = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    sheet.setAttribute('font-family', picture.FONT);
    container.append(sheet);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const looks = data.types;
    // Those of a higher level are first, in the order in which the page names them.
    const ranks = new Map(Object.keys(looks).map((name, index) => [name, index]));
    const open = new Set();
    const more = new Map();
    let [zoom, chosen, shown, shape, laid, view] = [1, null, null, null, null, null];
    let wasOrder = null;

    const colours = element => {
      const style = getComputedStyle(element);
      const names = ['back', 'panel', 'line', 'text', 'soft', 'link', 'create', 'change', 'remove', 'wait', 'keep'];
      return Object.fromEntries(names.map(name => [name, style.getPropertyValue(`--${name}`).trim()]));
    };
    const stateFor = (width, isDark) => ({ looks, chosen, width, isDark, isPlain: view !== 'changes' });

    function layOut(width, limit) {
      const isWide = picture.isWide(width);
      // Chains are about what waits for what; parents would only be in the way.
      const isPort = edge => shown.edges.has(edge) && !shape.tree.has(edge)
        && !(shape.isChains && edge.kind === 'parent');
      return outline.arrange(outline.rows(shape.children, shape.counts, open, more, limit), isPort, {
        width, top: 2, gap: isWide ? 5 : 7, indent: isWide ? 26 : 15, maxDepth: isWide ? 12 : 7,
        laneWidth: isWide ? 11 : 8, maxLanes: isWide ? 20 : 4, portsAtMost: isWide ? 7 : 5,
      }, (row, hasPorts) => picture.measure(row, hasPorts, width));
    }

    function lay() {
      laid = layOut(Math.max(280, Math.floor((container.clientWidth - 2) / zoom)));
      sheet.setAttribute('width', laid.width * zoom);
      sheet.setAttribute('height', (laid.height + 2) * zoom);
      sheet.setAttribute('viewBox', `0 0 ${laid.width} ${laid.height + 2}`);
      container.dataset.zoom = zoom;
      container.dataset.rows = laid.rows.length;
      paint();
      report();
    }

    /** Draws what is in sight, and a screen above and below. */
    function paint() {
      const box = sheet.getBoundingClientRect();
      const port = container.getBoundingClientRect();
      const [top, bottom] = [Math.max(0, port.top), Math.min(innerHeight, port.bottom)];
      const room = Math.max(innerHeight, 600);
      sheet.replaceChildren(...picture.draw(
        laid, (top - box.top - room) / zoom, (bottom - box.top + room) / zoom, colours(document.documentElement),
        stateFor(laid.width, dark.matches)));
    }

    let frame = 0;
    const paintSoon = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(paint);
    };
    container.addEventListener('scroll', paintSoon, { passive: true });
    addEventListener('scroll', paintSoon, { passive: true });
    dark.addEventListener('change', paint);
    let width = 0;
    new ResizeObserver(() => {
      if (container.clientWidth === width) return;
      width = container.clientWidth;
      if (laid) lay();
    }).observe(container);

    function report() {
      const folded = shown.nodes.size - laid.rows.filter(row => row.node && shown.nodes.has(row.node)).length;
      $('status').textContent = `${amount(shown.nodes.size)} of ${amount(model.nodes.length)} work items, `
        + `${amount(shown.edges.size)} of ${amount(model.edges.length)} links.`
        + (folded > 0 ? ` ${amount(folded)} are folded: open a parent, or show more.` : '')
        + (shown.nodes.size > 0 ? '' : ' Nothing matches the filters.')
        + (shape.all.size === 0 && shown.nodes.size > 0 ? ' None of them waits for another.' : '');
    }

    function filter(wanted) {
      view = wanted.view;
      shown = outline.select(model, wanted);
      const isChains = wanted.order === 'chains';
      const found = isChains ? outline.chains(shown) : outline.hierarchy(model, shown, view, ranks);
      shape = {
        ...found, isChains, counts: outline.inside(found.children, shown, wanted.text), tree: outline.treeOf(found.children),
      };
      const order = `${wanted.order} ${wanted.scope} ${wanted.text} ${wanted.type}`;
      if (order !== wasOrder) {
        wasOrder = order;
        more.clear();
        open.clear();
        const changed = model.nodes.filter(node => outline.isChange(node.action)).length;
        const isMost = changed > model.nodes.length / 2;
        for (const node of outline.opened(shape.children, shape.counts, shape.all.size, isMost)) open.add(node);
      }
      container.scrollTop = 0;
      lay();
    }

    /** Shows a node's or a link's text. What issues say is set as text, never as markup. */
    function choose(one) {
      chosen = one;
      const details = $('details');
      details.replaceChildren();
      const line = (...parts) => {
        const paragraph = document.createElement('p');
        paragraph.append(...parts);
        details.append(paragraph);
      };
      const link = (url, text) => {
        if (!url) return text;
        const anchor = document.createElement('a');
        anchor.href = url;
        anchor.rel = 'noreferrer';
        anchor.textContent = text;
        return anchor;
      };
      const writeEdge = edge => line(
        `${edge.action}: ${edge.source} ${edge.relation ?? 'no relation to'} ${edge.target}`,
        edge.phrase ? ` (${edge.phrase})` : '');
      if (one?.edges) {
        line(link(one.issueUrl, one.id), one.title ? `: ${one.title}` : ': outside this report');
        if (one.action) line(`${one.action} `, link(one.workItemUrl, `${one.type ?? ''} ${one.workItem ?? ''}`.trim()));
        if (one.detail) line(one.detail);
        if (one.fields?.length) line(`Fields: ${one.fields.join(', ')}`);
        one.edges.filter(edge => shown.edges.has(edge)).slice(0, 20).forEach(writeEdge);
      } else if (one) {
        writeEdge(one);
        if (one.detail) line(one.detail);
      }
      paint();
    }

    function toggle(node) {
      if (!shape.children.has(node)) return;
      if (!open.delete(node)) open.add(node);
      lay();
    }

    function showMore(id) {
      const parent = model.byId.get(id) ?? null;
      more.set(parent, (more.get(parent) ?? outline.SIBLINGS) + outline.SIBLINGS);
      lay();
    }

    sheet.addEventListener('click', event => {
      const target = event.target;
      const row = target.closest('[data-id]');
      const node = row && model.byId.get(row.dataset.id);
      if (target.closest('a')) return;
      if (target.closest('[data-more]')) showMore(target.closest('[data-more]').dataset.more);
      else if (target.closest('[data-toggle]')) toggle(node);
      else if (target.closest('[data-edge]')) choose(model.edges[Number(target.closest('[data-edge]').dataset.edge)]);
      else choose(node && node !== chosen ? node : null);
    });

    function step(by) {
      const list = laid.rows.filter(row => row.node);
      const at = list.findIndex(row => row.node === chosen);
      const row = list[Math.min(Math.max(at + by, 0), list.length - 1)];
      if (!row) return;
      choose(row.node);
      const [top, bottom] = [row.y * zoom, (row.y + row.height) * zoom];
      if (top < container.scrollTop) container.scrollTop = top - 8;
      if (bottom > container.scrollTop + container.clientHeight) {
        container.scrollTop = bottom - container.clientHeight + 8;
      }
    }

    const scale = factor => {
      zoom = Math.min(3, Math.max(0.4, zoom * factor));
      lay();
    };
    const fit = () => {
      zoom = 1;
      lay();
    };
    $('zoom-in').addEventListener('click', () => scale(1.25));
    $('zoom-out').addEventListener('click', () => scale(1 / 1.25));
    $('fit').addEventListener('click', fit);
    $('unfold').addEventListener('click', () => {
      for (const node of shape.children.keys()) open.add(node);
      lay();
    });
    $('fold').addEventListener('click', () => {
      open.clear();
      more.clear();
      lay();
    });
    container.addEventListener('keydown', event => {
      const isOpen = chosen && open.has(chosen);
      switch (event.key) {
        case 'ArrowDown': step(1); break;
        case 'ArrowUp': step(-1); break;
        case 'ArrowRight': if (chosen?.edges && !isOpen) toggle(chosen); break;
        case 'ArrowLeft': if (chosen?.edges && isOpen) toggle(chosen); break;
        case 'Escape': choose(null); break;
        case '+': case '=': scale(1.25); break;
        case '-': scale(1 / 1.25); break;
        case '0': fit(); break;
        default: return;
      }
      event.preventDefault();
    });

    // Pictures are light, whatever the page is: they are pasted into documents and printed.
    const paper = () => colours($('print'));
    const heading = () => ({ heading: $('headline').textContent, subtitle: $('subtitle').textContent });
    const LONGEST = 400;

    function image() {
      const width = Math.min(1200, Math.max(laid.width, 720));
      const all = layOut(width, LONGEST);
      return picture.whole(all, 0, all.height + 2, paper(), { ...stateFor(width, false), chosen: null }, heading());
    }

    function save(blob, ending) {
      const anchor = document.createElement('a');
      anchor.href = URL.createObjectURL(blob);
      anchor.download = `${document.title.replace(/[^\w]+/g, '-').replace(/^-|-$/g, '')}.${ending}`;
      anchor.click();
      setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
    }

    $('svg').addEventListener('click', () =>
      save(new Blob([picture.textOf(image())], { type: 'image/svg+xml' }), 'svg'));
    $('png').addEventListener('click', async () => save(await picture.pngOf(image()), 'png'));
    $('copy').addEventListener('click', async () => {
      const said = text => { $('copied').textContent = text; };
      try {
        await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture.pngOf(image()) })]);
        said('The picture is copied: paste it anywhere.');
      } catch {
        said('This browser does not let a page copy a picture. Save it as PNG instead.');
      }
    });

    // On paper the picture is cut between rows, a page at a time.
    addEventListener('beforeprint', () => {
      const width = 900;
      // The first page has the heading too, and counts that may need two lines.
      let page = 820;
      const all = layOut(width, LONGEST);
      const pages = [];
      let from = 0;
      for (const row of all.rows) {
        if (row.y + row.height - from > page) {
          pages.push([from, row.y - 2]);
          from = row.y - 2;
          page = 1180;
        }
      }
      pages.push([from, all.height + 2]);
      $('print').replaceChildren(...pages.map(([start, end]) =>
        picture.whole(all, start, end, paper(), { ...stateFor(width, false), chosen: null }, {})));
    });

    return { filter };
  }
})();
