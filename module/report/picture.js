// Draws the rows that outline.js arranged, as SVG: on the page only those in sight, in a picture all of them. Colours
// and sizes are attributes, so that a saved picture looks the same wherever it is pasted. Whatever issues say is set
// as text.
const picture = (() => {
  'use strict';

  const SVG = 'http://www.w3.org/2000/svg';
  const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
  const WIDE = 640; // from this width on a row is one line with its links beside it, below it they are under its title

  // What a type's icon looks like on a board, in a square of 16; by the names that Azure DevOps gives its icons.
  const ICONS = {
    crown: 'M1.5 4.5 5 7.5 8 2.5l3 5 3.5-3L13 13H3z',
    trophy: 'M4 2h8v1h2.5v2a3 3 0 0 1-2.9 3A4 4 0 0 1 9 9.9V12h2.5v2h-7v-2H7V9.9A4 4 0 0 1 4.4 8a3 3 0 0 1-2.9-3'
      + 'V3H4zM3 4.5V5a1.5 1.5 0 0 0 1 1.4V4.5zm9 0v1.9A1.5 1.5 0 0 0 13 5v-.5z',
    book: 'M1 3c2.5-.8 5-.6 6.5.6v10C6 12.4 3.5 12.2 1 13zM15 3c-2.5-.8-5-.6-6.5.6v10c1.5-1.2 4-1.4 6.5-.6z',
    list: 'M2 3h2v2H2zM6 3h8v2H6zM2 7h2v2H2zM6 7h8v2H6zM2 11h2v2H2zM6 11h8v2H6z',
    clipboard: 'M5 1.5h6V3h2.5v12h-11V3H5zM6.5 3v1h3V3zM7 12.5l5-5-1.1-1.1L7 10.3 5.1 8.4 4 9.5z',
    clipboard_issue: 'M5 1.5h6V3h2.5v12h-11V3H5zM6.5 3v1h3V3zM7.2 6v4h1.6V6zM7.2 11v1.7h1.6V11z',
    insect: 'M5.5 5a2.5 2.5 0 0 1 5 0zM5 6h6l2-2 1 1-2 2v1.2h2.5v1.5H12v1l2 2-1 1-1.6-1.6A4 4 0 0 1 8 14'
      + 'a4 4 0 0 1-3.4-1.9L3 13.7l-1-1 2-2v-1H1.5V8.2H4V7L2 5l1-1z',
    traffic_cone: 'M7 2h2l1 3H6zM5.6 6.5h4.8l.8 2.5H4.8zM4.3 10.5h7.4l.7 2H15V14H1v-1.5h2.6z',
    asterisk: 'M7.1 1.5h1.8v4.9l4.3-2.4.9 1.5L9.8 8l4.3 2.5-.9 1.5-4.3-2.4v4.9H7.1V9.6L2.8 12l-.9-1.5'
      + 'L6.2 8 1.9 5.5 2.8 4l4.3 2.4z',
    chat_bubble: 'M2 2.5h12v9H8l-3.5 3v-3H2z',
    flame: 'M8.5 1c.5 3 4 4.5 4 8.5a4.5 4.5 0 0 1-9 0C3.5 7 5 6 5.5 4 6.5 4.5 7 5.5 7 6.5 8 5 8.7 3 8.5 1z',
    test: 'M6 1.5h4V3h-.8v3.5l4 6.5a1 1 0 0 1-.9 1.5H3.7a1 1 0 0 1-.9-1.5l4-6.5V3H6z',
    other: 'M3 2h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1zM4.5 5v1.5h7V5zM4.5 8v1.5h7V8z',
    outside: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2zM8 3.6a4.4 4.4 0 1 0 0 8.8A4.4 4.4 0 0 0 8 3.6z',
  };

  const TONE = {
    Create: 'create', Update: 'change', Replace: 'change', Degrade: 'change', Remove: 'remove', Fail: 'remove',
    Pending: 'wait', Skip: 'wait', Declined: 'wait', Keep: 'keep', Adopt: 'keep',
  };
  const DASH = { Remove: '5 3', Fail: '2 3', Degrade: '2 3', Pending: '6 4', Skip: '6 4' };

  const pen = document.createElement('canvas').getContext('2d');
  const widths = new Map();
  function widthOf(text, size, weight) {
    const key = `${size} ${weight} ${text}`;
    if (!widths.has(key)) {
      if (widths.size > 50_000) widths.clear();
      pen.font = `${weight} ${size}px ${FONT}`;
      widths.set(key, pen.measureText(text).width);
    }
    return widths.get(key);
  }

  /** A text cut to a width. */
  function cut(text, width, size, weight = 400) {
    const line = text.replace(/\s+/g, ' ').trim();
    if (widthOf(line, size, weight) <= width) return line;
    let [low, high] = [0, line.length];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (widthOf(`${line.slice(0, middle)}…`, size, weight) <= width) low = middle;
      else high = middle - 1;
    }
    return `${line.slice(0, low).trimEnd()}…`;
  }

  /** A text on two lines at most. */
  function wrap(text, width, size, weight, most) {
    const words = text.replace(/\s+/g, ' ').trim().split(' ');
    const lines = [];
    let line = '';
    while (words.length > 0 && lines.length < most - 1) {
      const longer = line ? `${line} ${words[0]}` : words[0];
      if (widthOf(longer, size, weight) > width) {
        if (!line) break;
        lines.push(line);
        line = '';
      } else {
        line = longer;
        words.shift();
      }
    }
    const rest = [line, ...words].filter(one => one).join(' ');
    return rest ? [...lines, cut(rest, width, size, weight)] : lines;
  }

  function element(name, attributes = {}, ...content) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) if (value !== undefined) made.setAttribute(key, value);
    made.append(...content);
    return made;
  }

  const label = (x, y, size, fill, text, more = {}) =>
    element('text', { x, y, 'font-size': size, fill, ...more }, text);

  const arrow = (x, y, direction, fill) => element('path', {
    d: `M${x} ${y}${direction === 'left' ? 'l8 -4.5v9z' : direction === 'right' ? 'l-8 -4.5v9z' : 'l-4.5 -7h9z'}`,
    fill, 'data-arrow': '',
  });

  const isDirected = edge => edge.kind !== 'plain';
  const isWide = width => width >= WIDE;

  /** The words at the end of a link. */
  function wordsOf(port) {
    const { edge, isFrom } = port;
    const other = isFrom ? edge.to : edge.from;
    const name = isFrom ? edge.fromName : edge.toName;
    return `${name} ${other.id}${edge.action === 'Keep' || edge.action === 'Adopt' ? '' : ` · ${edge.action}`}`;
  }

  const amount = count => count.toLocaleString('en');

  function detailOf(row) {
    const { node } = row;
    if (row.inside && !row.isOpen) {
      const changes = [...row.inside.changes].map(([action, number]) => `${amount(number)} ${action}`);
      const links = [...row.inside.links.values()].reduce((sum, number) => sum + number, 0);
      if (links > 0) changes.push(`${amount(links)} ${links === 1 ? 'link' : 'links'} changed`);
      return `${amount(row.inside.items)} inside${changes.length > 0 ? `: ${changes.join(', ')}` : ''}`;
    }
    if (node.detail && node.action !== 'Keep') return node.detail;
    return node.fields?.length && node.action === 'Update' ? `Changes ${node.fields.join(', ')}` : '';
  }

  const typeOf = node =>
    (node.action ? [node.type, node.workItem].filter(one => one).join(' ') : 'outside this report');

  /** How high a row's content is, and where its ports are. Remembers what it laid out. */
  function measure(row, hasPorts, width) {
    if (row.more) return { height: 34, portsAt: [] };
    const { node } = row;
    const ports = row.ports.length + (row.morePorts ? 1 : 0);
    const detail = detailOf(row);
    if (isWide(width)) {
      const column = hasPorts ? Math.min(250, row.width * 0.34) : 0;
      const text = { left: row.x + 58, right: row.x + row.width - column - 8 };
      const badge = outline.isChange(node.action) ? widthOf(node.action, 11, 600) + 16 : 0;
      const type = typeOf(node);
      const typeWidth = widthOf(type, 12, 400);
      const key = widthOf(node.id, 13, 700);
      let room = text.right - text.left - key - 10 - badge - 8;
      const showsType = room > 380;
      if (showsType) room -= typeWidth + 14;
      row.text = {
        ...text, key, badge, column, type: showsType ? type : '',
        title: node.title ? cut(node.title, room, 14) : '',
        details: detail ? [cut(detail, text.right - text.left, 12)] : [],
      };
      const content = 32 + (detail ? 17 : 0);
      const height = Math.max(content, ports * 17 + 13);
      const first = (height - ports * 17) / 2 + 8.5;
      return { height, portsAt: Array.from({ length: ports }, (_, index) => first + index * 17) };
    }
    const text = { left: row.x + 14, right: row.x + row.width - 10 };
    const room = text.right - text.left;
    const badge = outline.isChange(node.action) ? widthOf(node.action, 11, 600) + 14 : 0;
    const keyLeft = text.left + 22 + (row.inside ? 20 : 0);
    const key = widthOf(node.id, 13, 700);
    row.text = {
      ...text, keyLeft, key, badge,
      type: cut(typeOf(node), Math.max(0, text.right - keyLeft - key - badge - 14), 12),
      title: node.title ? wrap(node.title, room, 14, 400, 2) : [],
      details: detail ? wrap(detail, room, 12, 400, 2) : [],
    };
    const content = 30 + row.text.title.length * 18 + row.text.details.length * 16;
    return {
      height: content + ports * 18 + 4,
      portsAt: Array.from({ length: ports }, (_, index) => content + index * 18 + 7),
    };
  }

  function drawRow(row, colour, state) {
    const { x, y, width, height, node } = row;
    if (row.more) {
      return element('g', { 'data-more': row.parent?.id ?? '', class: 'pick' },
        element('rect', {
          x, y, width, height, rx: 5, fill: colour.panel, stroke: colour.line, 'stroke-dasharray': '4 3',
        }),
        label(x + 14, y + 22, 13, colour.link,
          `Show ${Math.min(row.more, outline.SIBLINGS)} more of ${row.more.toLocaleString('en')}`));
    }
    const look = state.looks[node.type] ?? state.looks[''] ?? { color: colour.soft, icon: 'other' };
    const tone = colour[TONE[node.action] ?? 'soft'];
    const isChange = outline.isChange(node.action);
    const isQuiet = !isChange && !state.isPlain;
    const isChosen = state.chosen === node;
    const group = element('g', { 'data-id': node.id, class: 'pick' });
    const add = (...parts) => group.append(...parts);
    add(element('rect', {
      x, y, width, height, rx: 5, fill: colour.back, stroke: isChosen ? colour.link : isChange ? tone : colour.line,
      'stroke-width': isChosen ? 2.5 : 1, 'stroke-dasharray': node.action ? DASH[node.action] : '4 3',
    }));
    if (isChange && !state.isPlain) {
      add(element('rect', { x, y, width, height, rx: 5, fill: tone, 'fill-opacity': 0.08 }));
    }
    const strip = node.action ? look.color : colour.line;
    add(element('path', {
      d: `M${x + 5} ${y}h-0.5a4.5 4.5 0 0 0 -4.5 4.5v${height - 9}a4.5 4.5 0 0 0 4.5 4.5h0.5z`, fill: strip,
    }));
    const { text } = row;
    const icon = (left, top) => element('path', {
      d: ICONS[node.action ? look.icon : 'outside'] ?? ICONS.other, transform: `translate(${left} ${top})`, fill: strip,
      stroke: state.isDark && node.action ? colour.text : undefined, 'stroke-width': 0.3, 'fill-rule': 'evenodd',
    }, element('title', {}, node.type ?? 'Outside this report'));
    const toggle = (left, middle) => {
      if (!row.inside) return;
      add(element('g', { 'data-toggle': '' },
        element('rect', { x: left - 8, y: middle - 15, width: 28, height: 30, fill: colour.back, 'fill-opacity': 0 }),
        element('path', {
          d: row.isOpen ? `M${left} ${middle - 3}h11l-5.5 7z` : `M${left + 2} ${middle - 5.5}v11l7 -5.5z`,
          fill: colour.soft,
        })));
    };
    const linked = (url, made) => {
      if (!url) return made;
      return element('a', { href: url, rel: 'noreferrer', tabindex: -1 }, made);
    };
    const badge = (right, top) => {
      if (text.badge === 0) return;
      const [left, w] = [right - text.badge, text.badge];
      add(
        element('rect', {
          x: left, y: top, width: w, height: 18, rx: 9, fill: tone, 'fill-opacity': isChange ? 0.14 : 0,
        }),
        label(left + w / 2, top + 13, 11, tone, node.action, { 'font-weight': 600, 'text-anchor': 'middle' }));
    };
    const key = (left, top) => linked(node.issueUrl, label(
      left, top, 13, node.issueUrl ? colour.link : colour.text, node.id, { 'font-weight': 700 }));
    const ink = isQuiet ? colour.soft : colour.text;
    const struck = node.action === 'Remove' ? { 'text-decoration': 'line-through' } : {};
    if (isWide(state.width)) {
      const middle = row.y + (height - (text.details.length > 0 ? 17 : 0)) / 2;
      toggle(x + 13, middle);
      add(icon(x + 34, middle - 8));
      add(key(text.left, middle + 5));
      add(label(text.left + text.key + 10, middle + 5, 14, ink, text.title, struck));
      badge(text.right, middle - 9);
      if (text.type) {
        add(linked(node.workItemUrl, label(
          text.right - text.badge - 8, middle + 5, 12, colour.soft, text.type, { 'text-anchor': 'end' })));
      }
      text.details.forEach((line, index) =>
        add(label(text.left, middle + 23 + index * 16, 12, isChange ? tone : colour.soft, line)));
    } else {
      toggle(x + 15, y + 17);
      const left = text.keyLeft - 22;
      add(icon(left, y + 9));
      add(key(text.keyLeft, y + 22));
      add(linked(node.workItemUrl, label(text.keyLeft + text.key + 7, y + 22, 12, colour.soft, text.type)));
      badge(text.right, y + 8);
      text.title.forEach((line, index) => add(label(text.left, y + 42 + index * 18, 14, ink, line, struck)));
      const under = y + 42 + text.title.length * 18 - 1;
      text.details.forEach((line, index) =>
        add(label(text.left, under + index * 16, 12, isChange ? tone : colour.soft, line)));
    }
    const column = isWide(state.width) ? text.column - 14 : width - 24;
    for (const port of row.ports) {
      const { edge } = port;
      const fill = state.isPlain ? colour.soft : colour[TONE[edge.action] ?? 'soft'];
      add(label(x + width - 9, port.y + 4, 12, fill, cut(wordsOf(port), column, 12), {
        'text-anchor': 'end', 'data-edge': edge.index,
        ...(edge.action === 'Remove' ? { 'text-decoration': 'line-through' } : {}),
      }));
    }
    if (row.morePorts) {
      const last = row.ports.length > 0 ? row.ports.at(-1).y + (isWide(state.width) ? 17 : 18) : y + height / 2;
      add(label(x + width - 9, last + 4, 12, colour.soft, `and ${row.morePorts} links more`, { 'text-anchor': 'end' }));
    }
    return group;
  }

  function strokeOf(edge, colour, state) {
    const isLit = !state.chosen || edge.from === state.chosen || edge.to === state.chosen || state.chosen === edge;
    const isStrong = outline.isChange(edge.action) && !state.isPlain;
    return {
      fill: 'none', 'stroke-linejoin': 'round',
      stroke: state.isPlain ? colour.keep : colour[TONE[edge.action] ?? 'keep'],
      'stroke-width': (isStrong ? 2 : 1.4) + (state.chosen && isLit ? 1 : 0), 'stroke-opacity': isLit ? 1 : 0.25,
      'stroke-dasharray': state.isPlain ? undefined : DASH[edge.action],
    };
  }

  /** The line from a parent, or from a predecessor, to the row below it. */
  function drawBranch({ edge, row, parent }, laid, colour, state) {
    const stroke = strokeOf(edge, colour, state);
    const x = parent.x + (laid.indent > 20 ? 12 : 6);
    const start = parent.y + parent.height;
    const middle = row.y + Math.min(row.height / 2, 17);
    const hasArrow = edge.kind !== 'parent';
    if (row.x === parent.x) {
      return [
        element('path', { ...stroke, d: `M${x} ${start}V${row.y}` }),
        ...(hasArrow ? [arrow(x, row.y, 'down', stroke.stroke)] : []),
      ];
    }
    return [
      // The trunk is everybody's; what is a row's own has its colour.
      element('path', { fill: 'none', stroke: colour.line, 'stroke-width': 1.4, d: `M${x} ${start}V${middle - 6}` }),
      element('path', {
        ...stroke,
        d: `M${x} ${Math.max(start, middle - 14)}V${middle - 6}q0 6 6 6H${row.x - (hasArrow ? 7 : 0)}`,
      }),
      ...(hasArrow ? [arrow(row.x, middle, 'right', stroke.stroke)] : []),
    ];
  }

  /** A link that runs in a lane beside the rows, or as far as its words where its other end is not shown. */
  function drawLink(link, laid, colour, state) {
    const { edge, ports } = link;
    const stroke = strokeOf(edge, colour, state);
    const x = laid.right + 16 + link.lane * laid.laneWidth + laid.laneWidth / 2;
    const [from, to] = ports[0].isFrom ? ports : [ports[1], ports[0]];
    const directed = isDirected(edge);
    const bend = Math.min(5, Math.abs(to.y - from.y) / 2) * Math.sign(to.y - from.y);
    const end = laid.right + (directed ? 8 : 0);
    const d = `M${laid.right} ${from.y}H${x - 5}q5 0 5 ${bend}V${to.y - bend}q0 ${bend} -5 ${bend}H${end}`;
    return [
      element('path', { ...stroke, d }),
      element('path', {
        d, fill: 'none', stroke: colour.back, 'stroke-opacity': 0, 'stroke-width': 11, 'data-edge': edge.index,
        class: 'pick',
      }),
      ...(directed ? [arrow(laid.right, to.y, 'left', stroke.stroke)] : []),
    ];
  }

  function drawStub(port, laid, colour, state) {
    const stroke = strokeOf(port.edge, colour, state);
    const directed = isDirected(port.edge);
    const start = laid.right + (directed && !port.isFrom ? 8 : 0);
    const end = laid.right + (directed && port.isFrom ? 6 : 13);
    return [
      element('path', { ...stroke, d: `M${start} ${port.y}H${end}` }),
      ...(directed ? [port.isFrom
        ? arrow(laid.right + 14, port.y, 'right', stroke.stroke)
        : arrow(laid.right, port.y, 'left', stroke.stroke)] : []),
    ];
  }

  /** What is to be seen between two heights: lines first, rows over them. */
  function draw(laid, from, to, colour, state) {
    const isNear = (start, end) => start <= to && end >= from;
    const lines = element('g');
    const cards = element('g');
    for (const branch of laid.branches) {
      if (isNear(branch.parent.y, branch.row.y + branch.row.height)) {
        lines.append(...drawBranch(branch, laid, colour, state));
      }
    }
    for (const link of laid.links) {
      const [one, other] = link.ports;
      if (isNear(Math.min(one.y, other.y), Math.max(one.y, other.y))) {
        lines.append(...drawLink(link, laid, colour, state));
      }
    }
    for (const row of laid.rows) {
      if (!isNear(row.y, row.y + row.height)) continue;
      for (const port of row.ports ?? []) if (!port.link) lines.append(...drawStub(port, laid, colour, state));
      cards.append(drawRow(row, colour, state));
    }
    return [lines, cards];
  }

  /** A picture by itself: heading, rows, and which colours and icons it has. */
  function whole(laid, from, to, colour, state, { heading, subtitle }) {
    const margin = 16;
    const width = laid.width + 2 * margin;
    const lines = heading ? wrap(heading, laid.width, 18, 700, 3) : [];
    const head = heading ? lines.length * 24 + 26 : 0;
    const rows = laid.rows.filter(row => row.y >= from && row.y + row.height <= to);
    const foot = legend(rows, laid.width, colour, state);
    const height = margin * 2 + head + (to - from) + foot.height;
    const svg = element('svg', {
      xmlns: SVG, width, height, viewBox: `0 0 ${width} ${height}`, 'font-family': FONT,
    });
    svg.append(element('rect', { width, height, fill: colour.back }));
    lines.forEach((line, index) => svg.append(
      label(margin, margin + 18 + index * 24, 18, colour.text, line, { 'font-weight': 700 })));
    if (heading) {
      svg.append(label(margin, margin + lines.length * 24 + 12, 12, colour.soft, cut(subtitle, laid.width, 12)));
    }
    const clip = element('svg', {
      x: margin, y: margin + head, width: laid.width, height: to - from,
      viewBox: `0 ${from} ${laid.width} ${to - from}`,
    });
    clip.append(...draw(laid, from, to, colour, state));
    svg.append(clip);
    svg.append(element('g', { transform: `translate(${margin} ${margin + head + (to - from)})` }, ...foot.parts));
    svg.querySelectorAll('.pick').forEach(one => one.removeAttribute('class'));
    return svg;
  }

  function legend(rows, width, colour, state) {
    const used = new Set(rows.map(row => row.node?.action && row.node.type));
    const types = Object.keys(state.looks).filter(type => used.has(type));
    const parts = [];
    let [x, y] = [0, 26];
    const room = wanted => {
      if (x > 0 && x + wanted > width) [x, y] = [0, y + 22];
    };
    for (const type of types) {
      const look = state.looks[type];
      const size = 20 + widthOf(type, 12, 400) + 18;
      room(size);
      parts.push(
        element('path', {
          d: ICONS[look.icon] ?? ICONS.other, fill: look.color, 'fill-rule': 'evenodd',
          transform: `translate(${x} ${y - 12})`,
        }),
        label(x + 20, y, 12, colour.soft, type));
      x += size;
    }
    if (rows.some(row => row.ports?.some(port => isDirected(port.edge)) || row.link?.kind === 'order')) {
      const words = 'An arrow points from a predecessor to what waits for it.';
      room(widthOf(words, 12, 400));
      parts.push(label(x, y, 12, colour.soft, words));
    }
    return { parts, height: parts.length > 0 ? y + 6 : 0 };
  }

  /** A picture as text that says all that it needs. */
  const textOf = svg => `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(svg)}`;

  const addressOf = svg => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(textOf(svg))}`;

  /** A picture as PNG, at twice its size where a canvas may be that large. */
  async function pngOf(svg) {
    const image = new Image();
    image.src = addressOf(svg);
    await image.decode();
    const [width, height] = [Number(svg.getAttribute('width')), Number(svg.getAttribute('height'))];
    const scale = Math.min(2, 16_000 / height, 16_000 / width, Math.sqrt(60_000_000 / (width * height)));
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return new Promise(done => canvas.toBlob(done, 'image/png'));
  }

  return { FONT, measure, draw, whole, textOf, addressOf, pngOf, isWide, ICONS };
})();
