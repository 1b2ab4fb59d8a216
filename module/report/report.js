// The report's own script: filters graph and tables, and draws the graph with Cytoscape and d3-force where the module was
// built with them. Everything that it shows comes from the page; nothing is asked of anywhere.
(() => {
  'use strict';

  const data = JSON.parse(document.getElementById('data').textContent);
  const $ = id => document.getElementById(id);
  const status = $('status');
  const rows = [...document.querySelectorAll('tbody tr')];

  // What stands before the run, and what after it.
  const BEFORE = new Set(['Keep', 'Adopt', 'Remove', 'Update']);
  const AFTER = new Set(['Keep', 'Adopt', 'Create', 'Degrade', 'Replace', 'Update']);
  const nodes = [...data.nodes, ...data.outside].map(node => ({
    ...node, words: `${node.id} ${node.title ?? ''} ${node.workItem ?? ''}`.toLowerCase(),
  }));
  // A merged link is another link's edge; what goes for a replacement is an edge of its own.
  const edges = data.edges.filter(edge => edge.action !== 'Merge').flatMap(edge => [
    edge,
    ...edge.removed.map(gone => ({ ...gone, action: 'Remove', for: 'Replace', detail: edge.detail })),
  ]);

  const filters = () => ({
    text: $('search').value.trim().toLowerCase(),
    type: $('type').value,
    actions: new Set([...document.querySelectorAll('input[name=action]:checked')].map(box => box.value)),
    view: document.querySelector('input[name=view]:checked').value,
  });

  function filterTables({ text, type, actions }) {
    for (const row of rows) {
      row.hidden = !actions.has(row.dataset.action)
        || (text !== '' && !(row.words ??= row.textContent.toLowerCase()).includes(text))
        || (type !== '' && row.dataset.type !== type && row.dataset.type !== '');
    }
    for (const section of document.querySelectorAll('details')) {
      const all = section.querySelectorAll('tbody tr');
      const shown = [...all].filter(row => !row.hidden).length;
      section.querySelector('.n').textContent = shown === all.length ? `${all.length}` : `${shown} of ${all.length}`;
    }
  }

  let graph = null;
  if (typeof cytoscape === 'function' && typeof d3 === 'object' && nodes.length > 0) {
    status.textContent = `Drawing ${nodes.length} work items…`;
    // The page itself is shown first.
    requestAnimationFrame(() => setTimeout(() => {
      graph = draw();
      graph.filter(filters());
      $('graph').dataset.drawn = 'true';
    }));
  } else {
    $('drawing').classList.add('without');
    status.textContent = nodes.length === 0
      ? 'There is nothing to draw.'
      : 'The graph is not drawn: the module was built without Node. The tables tell all.';
  }

  function apply() {
    const chosen = filters();
    filterTables(chosen);
    graph?.filter(chosen);
    $('tables').setAttribute('aria-busy', 'false');
  }

  let waiting = 0;
  $('filters').addEventListener('input', () => {
    $('tables').setAttribute('aria-busy', 'true');
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  });
  $('filters').addEventListener('submit', event => event.preventDefault());
  for (const radio of document.querySelectorAll('input[name=view]')) radio.addEventListener('change', apply);
  $('tables').setAttribute('aria-busy', 'false');

  function draw() {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const container = $('graph');
    const isLarge = nodes.length > 1000;
    const bodies = seats();
    const places = new Map(bodies.map(({ id, x, y }) => [id, { x, y }]));
    const cy = cytoscape({
      container,
      elements: {
        nodes: nodes.map(node => ({ data: node, position: places.get(node.id) })),
        edges: edges.map((edge, index) => ({ data: { ...edge, id: `edge ${index}` } })),
      },
      style: style(),
      layout: { name: 'preset', fit: true, padding: 30 },
      minZoom: 0.02,
      maxZoom: 4,
      // Many are drawn coarsely while they move.
      ...(isLarge ? { textureOnViewport: true, hideEdgesOnViewport: true, pixelRatio: 1 } : {}),
    });

    function style(printed = false) {
      const page = getComputedStyle(document.documentElement);
      const light = { back: '#fff', text: '#000', soft: '#404040', create: '#116329', change: '#7d4e00', remove: '#b31d28', wait: '#0550ae', keep: '#59636e' };
      const colour = name => (printed ? light[name] : page.getPropertyValue(`--${name}`).trim());
      const strong = isLarge ? 1.5 : 3;
      const ofAction = (names, name, more = {}) => names.map(action => ({
        selector: `[action = '${action}']`,
        style: { 'background-color': colour(name), 'line-color': colour(name), 'target-arrow-color': colour(name), ...more },
      }));
      return [
        {
          selector: 'node',
          style: {
            label: 'data(id)', width: 22, height: 22, 'background-color': colour('back'), color: colour('text'),
            'border-width': 2, 'border-color': colour('soft'), 'font-size': 11, 'text-valign': 'bottom', 'text-margin-y': 3,
            'min-zoomed-font-size': 7, 'text-outline-width': 2, 'text-outline-color': colour('back'),
          },
        },
        {
          selector: 'edge',
          style: {
            width: 1.5, 'curve-style': isLarge ? 'straight' : 'bezier', 'line-color': colour('keep'),
            'target-arrow-color': colour('keep'), 'arrow-scale': 0.8, label: nodes.length > 300 ? '' : 'data(relation)',
            'font-size': 9, color: colour('soft'), 'text-rotation': 'autorotate', 'min-zoomed-font-size': 8,
            'text-outline-width': 2, 'text-outline-color': colour('back'),
          },
        },
        { selector: 'edge[relation != "Related"]', style: { 'target-arrow-shape': 'triangle' } },
        ...ofAction(['Keep', 'Adopt'], 'keep'),
        ...ofAction(['Create'], 'create', { width: strong }),
        ...ofAction(['Update', 'Replace'], 'change', { width: strong }),
        ...ofAction(['Degrade'], 'change', { width: strong, 'line-style': 'dotted' }),
        ...ofAction(['Remove'], 'remove', { width: strong, 'line-style': 'dashed' }),
        ...ofAction(['Fail'], 'remove', { width: 5, 'line-style': 'dotted' }),
        ...ofAction(['Pending', 'Skip'], 'wait', { 'line-style': 'dashed' }),
        { selector: 'node[action]', style: { width: 22, height: 22 } },
        { selector: 'node[!action]', style: { 'border-style': 'dashed' } },
        ...(isLarge ? [{ selector: 'edge', style: { opacity: 0.7 } }] : []),
        { selector: '.off', style: { display: 'none' } },
        { selector: '.plain', style: { 'background-color': colour('keep'), 'line-color': colour('keep'), 'target-arrow-color': colour('keep'), 'line-style': 'solid', width: 2 } },
        { selector: 'node:selected', style: { 'border-width': 5, 'border-color': colour('wait') } },
      ];
    }

    dark.addEventListener('change', () => cy.style(style()));
    addEventListener('beforeprint', () => {
      cy.style(style(true));
      $('print').src = cy.png({ full: true, bg: '#ffffff', maxWidth: 2400, maxHeight: 2400 });
      cy.style(style());
    });

    let counts = [nodes.length, edges.length];
    setTimeout(arrange);

    /** Lets the graph find its shape, a few milliseconds at a time: meanwhile all that is here can be used. */
    function arrange() {
      const links = edges.map(edge => ({ source: edge.source, target: edge.target, isParent: edge.relation === 'Parent' }));
      const simulation = d3.forceSimulation(bodies)
        .force('link', d3.forceLink(links).id(body => body.id).distance(link => (link.isParent ? 55 : 90) * (isLarge ? 1 : 1.6)))
        .force('charge', d3.forceManyBody().strength(isLarge ? -60 : -500).distanceMax(isLarge ? 200 : 500).theta(1.2))
        .force('x', d3.forceX(isLarge ? body => body.seat.x : 0).strength(0.05))
        .force('y', d3.forceY(isLarge ? body => body.seat.y : 0).strength(0.07))
        .force('room', d3.forceCollide(24))
        .alpha(isLarge ? 0.5 : 1)
        .alphaDecay(isLarge ? 0.09 : 0.0228)
        .stop();
      const step = () => {
        const until = performance.now() + 40;
        while (performance.now() < until && simulation.alpha() > simulation.alphaMin()) simulation.tick();
        if (simulation.alpha() > simulation.alphaMin()) {
          setTimeout(step);
          return;
        }

        cy.batch(() => bodies.forEach(body => cy.getElementById(body.id).position({ x: body.x, y: body.y })));
        container.dataset.arranged = 'true';
        fit();
        tellCounts();
      };
      step();
    }

    /** Where each begins: what is linked together in a place of its own, the largest such group first, row by row. */
    function seats() {
      const linked = new Map(nodes.map(node => [node.id, []]));
      for (const { source, target } of edges) {
        linked.get(source).push(target);
        linked.get(target).push(source);
      }
      const groups = [];
      const seen = new Set();
      for (const { id } of nodes) {
        if (seen.has(id)) continue;
        seen.add(id);
        const group = [id];
        for (const one of group) {
          for (const other of linked.get(one)) {
            if (seen.has(other)) continue;
            seen.add(other);
            group.push(other);
          }
        }
        groups.push(group);
      }
      groups.sort((one, other) => other.length - one.length);
      const room = group => 52 * Math.sqrt(group.length) + 16;
      const width = Math.max(room(groups[0]), Math.sqrt(1.8 * groups.reduce((sum, group) => sum + room(group) ** 2, 0)));
      let [left, top, height] = [0, 0, 0];
      return groups.flatMap(group => {
        const size = room(group);
        if (left + size > width) [left, top, height] = [0, top + height, 0];
        height = Math.max(height, size);
        const seat = { x: left + size / 2, y: top + size / 2 };
        left += size;
        return group.map((id, place) => ({
          id,
          seat,
          x: seat.x + 26 * Math.sqrt(place) * Math.cos(place * 2.4),
          y: seat.y + 26 * Math.sqrt(place) * Math.sin(place * 2.4),
        }));
      });
    }

    /** Shows a node's or a link's text. What issues say is set as text, never as markup. */
    function tell(element) {
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
      const one = element.data();
      if (element.isNode()) {
        line(link(one.issueUrl, one.id), one.title ? `: ${one.title}` : ': outside this report');
        if (one.action) line(`${one.action} `, link(one.workItemUrl, `${one.type ?? ''} ${one.workItem ?? ''}`.trim()));
      } else {
        line(`${one.action}: ${one.source} ${one.relation ?? 'no relation to'} ${one.target}`, one.phrase ? ` (${one.phrase})` : '');
        if (one.detail) line(one.detail);
      }
    }

    cy.on('tap', 'node, edge', event => tell(event.target));
    cy.on('tap', event => event.target === cy && $('details').replaceChildren());

    /** Shows all that is visible, and few of them no larger than reads well. */
    function fit() {
      const visible = cy.elements(':visible');
      cy.fit(visible, 30);
      if (cy.zoom() > 1.5) {
        cy.zoom(1.5);
        cy.center(visible);
      }
    }

    const zoom = factor => cy.zoom({ level: cy.zoom() * factor, renderedPosition: { x: cy.width() / 2, y: cy.height() / 2 } });
    $('zoom-in').addEventListener('click', () => zoom(1.4));
    $('zoom-out').addEventListener('click', () => zoom(1 / 1.4));
    $('fit').addEventListener('click', fit);
    container.addEventListener('keydown', event => {
      const move = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
      if (move) cy.panBy({ x: move[0], y: move[1] });
      else if (event.key === '+' || event.key === '=') zoom(1.4);
      else if (event.key === '-') zoom(1 / 1.4);
      else if (event.key === '0') fit();
      else return;
      event.preventDefault();
    });

    return {
      filter({ text, type, actions, view }) {
        const stands = view === 'before' ? BEFORE : view === 'after' ? AFTER : null;
        const found = new Set(nodes.filter(node => text === '' || node.words.includes(text)).map(node => node.id));
        const ofType = new Set(nodes.filter(node => type === '' || node.type === type).map(node => node.id));
        let [shownNodes, shownEdges] = [0, 0];
        const set = (element, name, isSet) => element.hasClass(name) !== isSet && element.toggleClass(name, isSet);
        cy.batch(() => {
          const touched = new Set();
          cy.edges().forEach(edge => {
            const one = edge.data();
            const isShown = actions.has(one.for ?? one.action)
              && (!stands || stands.has(one.action))
              && (text === '' || found.has(one.source) || found.has(one.target))
              && (type === '' || (ofType.has(one.source) && ofType.has(one.target)));
            set(edge, 'off', !isShown);
            set(edge, 'plain', stands !== null);
            if (isShown) {
              touched.add(one.source).add(one.target);
              shownEdges++;
            }
          });
          cy.nodes().forEach(node => {
            const one = node.data();
            const isOwn = found.has(one.id) && one.action && actions.has(one.action) && (!stands || stands.has(one.action));
            const isShown = (isOwn || touched.has(one.id)) && (type === '' || ofType.has(one.id));
            set(node, 'off', !isShown);
            set(node, 'plain', stands !== null);
            if (isShown) shownNodes++;
          });
        });
        if (text !== '' || type !== '') fit();
        counts = [shownNodes, shownEdges];
        tellCounts();
      },
    };

    function tellCounts() {
      status.textContent = `${counts[0]} of ${nodes.length} work items, ${counts[1]} of ${edges.length} links.`
        + (counts[0] === 0 ? ' Nothing matches the filters.' : '')
        + (container.dataset.arranged ? '' : ' They still find their places.');
    }
  }
})();
