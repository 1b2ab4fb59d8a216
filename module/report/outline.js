// Which work items the picture shows, in which order, and how its links run. Nothing here reads or writes the page.
//
// The picture is an outline, as on a backlog: a child is below its parent and further to the right. Links that are no
// parent leave and enter a row at its right side, each on a line of its own (a port) with its words, and run beside the
// rows in lanes. So words, lines and arrowheads never share a point, however narrow the page is.
const outline = (() => {
  'use strict';

  // What exists before the run, and what after it.
  const BEFORE = new Set(['Keep', 'Adopt', 'Remove', 'Update']);
  const AFTER = new Set(['Keep', 'Adopt', 'Create', 'Degrade', 'Replace', 'Update']);
  const UNCHANGED = new Set(['Keep', 'Adopt', 'Merge']);
  const OPPOSITE = {
    Successor: 'Predecessor', Duplicate: 'Duplicate Of', 'Tested By': 'Tests', Affects: 'Affected By',
    'Produces For': 'Consumes From', 'Test Case': 'Shared Steps', Parent: 'Child',
  };
  for (const [one, other] of Object.entries(OPPOSITE)) OPPOSITE[other] = one;

  const SIBLINGS = 100; // more of them are folded behind a row that shows the next hundred
  const ROOMY = 150; // up to so many work items everything is open from the start

  const URGENT = new Set(['Fail', 'Pending', 'Degrade', 'Remove']);

  const collator = new Intl.Collator('en', { numeric: true });

  /** The work items and links of a report, with the ends of each link in the order that its arrow has. */
  function graph(data) {
    const nodes = [...data.nodes, ...data.outside].map(node => ({
      ...node, words: `${node.id} ${node.title ?? ''} ${node.workItem ?? ''}`.toLowerCase(), edges: [],
    }));
    const byId = new Map(nodes.map(node => [node.id, node]));
    // A merged link is another link's edge; what is removed for a replacement is an edge of its own.
    const edges = data.edges.filter(edge => edge.action !== 'Merge').flatMap(edge => [
      edge,
      ...edge.removed.map(old => ({ ...old, action: 'Remove', for: 'Replace', detail: edge.detail })),
    ]).map((edge, index) => {
      const turned = edge.relation === 'Child' || edge.relation === 'Predecessor';
      const kind = edge.relation === 'Parent' || edge.relation === 'Child' ? 'parent'
        : edge.relation === 'Successor' || edge.relation === 'Predecessor' ? 'order'
          : edge.relation === 'Related' || !edge.relation ? 'plain' : 'other';
      const [from, to] = turned ? [edge.target, edge.source] : [edge.source, edge.target];
      return {
        ...edge, index, kind, from: byId.get(from), to: byId.get(to),
        // What each end sees of it.
        fromName: (turned ? OPPOSITE[edge.relation] : edge.relation) ?? 'No relation',
        toName: (turned ? edge.relation : OPPOSITE[edge.relation] ?? edge.relation) ?? 'No relation',
      };
    });
    for (const edge of edges) {
      edge.from.edges.push(edge);
      if (edge.to !== edge.from) edge.to.edges.push(edge);
    }
    return { nodes, edges, byId };
  }

  const isChange = action => action !== undefined && !UNCHANGED.has(action);

  /** What the filters leave: sets of work items and of links. */
  function select({ nodes, edges }, { text, type, actions, view, scope }) {
    const exists = view === 'before' ? BEFORE : view === 'after' ? AFTER : null;
    const isFound = node => text === '' || node.words.includes(text);
    const isOfType = node => type === '' || node.type === type;
    const isNear = edge => scope !== 'changes' || text !== '' || isChange(edge.action)
      || isChange(edge.from.action) || isChange(edge.to.action);
    const shownEdges = new Set(edges.filter(edge => actions.has(edge.for ?? edge.action)
      && (!exists || exists.has(edge.action))
      && (isFound(edge.from) || isFound(edge.to))
      && isOfType(edge.from) && isOfType(edge.to)
      && isNear(edge)));
    const touched = new Set([...shownEdges].flatMap(edge => [edge.from, edge.to]));
    const shownNodes = new Set(nodes.filter(node => isOfType(node)
      && (touched.has(node)
        || (node.action && actions.has(node.action) && isFound(node)
          && (!exists || exists.has(node.action))
          && (scope !== 'changes' || text !== '' || isChange(node.action))))));
    return { nodes: shownNodes, edges: shownEdges };
  }

  /** The parent of each work item, by the links that exist in a view; never a cycle, whatever a report says. */
  function parents({ edges }, view) {
    const exists = view === 'before' ? BEFORE : AFTER;
    const parentOf = new Map();
    const isAbove = (node, other) => {
      for (let one = other; one; one = parentOf.get(one)?.to) if (one === node) return true;
      return false;
    };
    for (const edge of edges) {
      if (edge.kind === 'parent' && exists.has(edge.action)
        && !parentOf.has(edge.from) && !isAbove(edge.from, edge.to)) {
        parentOf.set(edge.from, edge);
      }
    }
    return parentOf;
  }

  const inOrder = rank => (one, other) =>
    (rank(one) - rank(other)) || collator.compare(one.id, other.id);

  /** The links that an order shows by itself, open or folded. */
  const treeOf = children => new Set([...children.values()].flatMap(list => list.map(one => one.link)));

  /** Children by parent; null has the roots. Ancestors of what is shown are shown as context. */
  function hierarchy(model, shown, view, ranks) {
    const parentOf = parents(model, view);
    const all = new Set(shown.nodes);
    for (const node of shown.nodes) {
      for (let edge = parentOf.get(node); edge && !all.has(edge.to); edge = parentOf.get(edge.to)) all.add(edge.to);
    }
    const children = new Map([[null, []]]);
    for (const node of all) {
      const edge = parentOf.get(node);
      const key = edge ? edge.to : null;
      if (!children.has(key)) children.set(key, []);
      children.get(key).push({ node, link: edge ?? null });
    }
    const order = inOrder(node => ranks.get(node.type) ?? 99);
    for (const list of children.values()) list.sort((one, other) => order(one.node, other.node));
    return { children, all };
  }

  /** Chains of what waits for what: an item is below the last of those that it waits for. */
  function chains(shown) {
    const order = [...shown.edges].filter(edge => edge.kind === 'order');
    const before = new Map();
    const after = new Map();
    const push = (map, key, value) => (map.get(key) ?? map.set(key, []).get(key)).push(value);
    for (const edge of order) {
      push(before, edge.to, edge);
      push(after, edge.from, edge);
    }
    // The longest way to each, first things first. What is in a cycle (a report may contain one) has no first.
    const depth = new Map();
    const waits = new Map([...after.keys(), ...before.keys()].map(node => [node, before.get(node)?.length ?? 0]));
    const ready = [...waits.keys()].filter(node => waits.get(node) === 0);
    ready.forEach(node => depth.set(node, 0));
    for (let next = 0; next < ready.length; next++) {
      for (const edge of after.get(ready[next]) ?? []) {
        depth.set(edge.to, Math.max(depth.get(edge.to) ?? 0, depth.get(ready[next]) + 1));
        waits.set(edge.to, waits.get(edge.to) - 1);
        if (waits.get(edge.to) === 0) ready.push(edge.to);
      }
    }
    for (const [node, count] of waits) if (count > 0) { depth.set(node, 0); ready.push(node); }
    const settled = new Set(ready.filter(node => waits.get(node) === 0));
    const children = new Map([[null, []]]);
    for (const node of ready) {
      const last = settled.has(node)
        ? (before.get(node) ?? []).reduce(
          (best, edge) => (!best || depth.get(edge.from) > depth.get(best.from) ? edge : best), null)
        : null;
      const key = last ? last.from : null;
      if (!children.has(key)) children.set(key, []);
      children.get(key).push({ node, link: last });
    }
    // The longest chain is first, and continues straight: its next is last among those that wait for the same.
    const length = new Map();
    for (const node of [...ready].reverse()) {
      length.set(node, 1 + Math.max(0, ...(children.get(node) ?? []).map(one => length.get(one.node) ?? 0)));
    }
    const sort = inOrder(node => -length.get(node));
    for (const list of children.values()) list.sort((one, other) => sort(one.node, other.node));
    return { children, all: new Set(ready) };
  }

  /** What is inside each work item, however deep: how many, how many of each change, and how many a search found. */
  function inside(children, shown, text) {
    const order = [null];
    for (const parent of order) order.push(...(children.get(parent) ?? []).map(one => one.node));
    const counts = new Map(order.map(node => [node, { items: 0, found: 0, changes: new Map(), links: new Map() }]));
    const add = (changes, action, number) => changes.set(action, (changes.get(action) ?? 0) + number);
    for (const parent of order.reverse()) {
      const total = counts.get(parent);
      for (const { node } of children.get(parent) ?? []) {
        total.items += 1 + counts.get(node).items;
        total.found += (text !== '' && node.words.includes(text) ? 1 : 0) + counts.get(node).found;
        if (isChange(node.action)) add(total.changes, node.action, 1);
        // A link counts once, at its first end.
        for (const edge of node.edges) {
          if (edge.from === node && isChange(edge.action) && shown.edges.has(edge)) add(total.links, edge.action, 1);
        }
        for (const name of ['changes', 'links']) {
          for (const [action, number] of counts.get(node)[name]) add(total[name], action, number);
        }
      }
    }
    return counts;
  }

  /**
   * What is open at the start: everything where that is little; otherwise the ways to what a search found, to what
   * changed, or, where that is most of it, to what needs eyes.
   */
  function opened(children, counts, total, isMost) {
    const open = new Set();
    if (total <= ROOMY) {
      for (const node of children.keys()) open.add(node);
      return open;
    }
    let rows = Math.min(children.get(null).length, SIBLINGS);
    const most = rows + 2 * ROOMY;
    const visit = (parent, isWanted) => {
      for (const { node } of (children.get(parent) ?? []).slice(0, SIBLINGS)) {
        const list = children.get(node);
        if (!list) continue;
        if (!open.has(node) && rows < most && isWanted(counts.get(node))) {
          open.add(node);
          rows += Math.min(list.length, SIBLINGS);
        }
        if (open.has(node)) visit(node, isWanted);
      }
    };
    visit(null, ({ found }) => found > 0);
    visit(null, ({ changes, links }) => [...changes.keys(), ...links.keys()].some(action => URGENT.has(action)));
    if (!isMost) visit(null, ({ changes, links }) => changes.size + links.size > 0);
    else if (children.get(null).length < 12) visit(null, () => true);
    return open;
  }

  /** The rows in their order. `open` has what is unfolded, `more` how many siblings are shown where not a hundred. */
  function rows(children, counts, open, more, limit = Infinity) {
    const list = [];
    const stack = [];
    const enter = (parent, depth) => stack.push({
      parent, depth, all: children.get(parent) ?? [], next: 0, shown: more.get(parent) ?? SIBLINGS,
    });
    enter(null, 0);
    while (stack.length > 0 && list.length < limit) {
      const level = stack.at(-1);
      const { parent, depth, all, next, shown } = level;
      if (next >= Math.min(all.length, shown)) {
        stack.pop();
        if (shown < all.length) list.push({ more: all.length - shown, parent, depth, shown });
        continue;
      }
      level.next++;
      const { node, link } = all[next];
      const hidden = children.has(node) ? counts.get(node) : null;
      list.push({ node, link, depth, isOpen: open.has(node), inside: hidden });
      if (hidden && open.has(node)) enter(node, depth + 1);
    }
    return list;
  }

  /**
   * Gives every row its box and ports, and every link its lane. `isPort` says which links have ports; `measure` how
   * high a row's content is, and at which heights its ports are.
   */
  function arrange(list, isPort, { width, indent, maxDepth, laneWidth, maxLanes, portsAtMost, gap, top }, measure) {
    const rowOf = new Map();
    list.forEach((row, index) => { row.index = index; if (row.node) rowOf.set(row.node, row); });
    // Links that both ends of show, in lanes: the short ones inside. What spans too much has words at both ends only.
    const links = [];
    for (const row of list) {
      row.ports = (row.node?.edges ?? []).filter(isPort).map(edge => {
        const isFrom = edge.from === row.node;
        const other = rowOf.get(isFrom ? edge.to : edge.from);
        return { edge, row, isFrom, far: other ? other.index - row.index : null };
      });
      // Those that change first where there are too many for a row; then by where they go, so that few cross.
      const rank = port => (isChange(port.edge.action) ? 0 : 1);
      if (row.ports.length > portsAtMost) {
        row.ports.sort((one, other) => rank(one) - rank(other));
        row.morePorts = row.ports.length - portsAtMost + 1;
        row.ports.length = portsAtMost - 1;
      }
      row.ports.sort((one, other) => (one.far ?? -0.5) - (other.far ?? -0.5));
    }
    const ends = new Map();
    for (const row of list) for (const port of row.ports) ends.set(port.edge, [...(ends.get(port.edge) ?? []), port]);
    for (const [edge, ports] of ends) {
      if (ports.length === 2 && Math.abs(ports[0].far) <= 60) links.push({ edge, ports, span: Math.abs(ports[0].far) });
    }
    links.sort((one, other) => one.span - other.span || one.edge.index - other.edge.index);
    const lanes = [];
    for (const link of links) {
      const [from, to] = link.ports.map(port => port.row.index).sort((one, other) => one - other);
      let lane = 0;
      while (lane < maxLanes && lanes[lane]?.some(([start, end]) => from <= end && start <= to)) lane++;
      if (lane === maxLanes) continue;
      (lanes[lane] ??= []).push([from, to]);
      link.lane = lane;
      link.ports.forEach(port => { port.link = link; });
    }
    const hasPorts = list.some(row => row.ports.length > 0);
    const right = width - 2 - (hasPorts ? 16 : 0) - (lanes.length > 0 ? lanes.length * laneWidth + 6 : 0);
    let y = top;
    for (const row of list) {
      row.x = 2 + Math.min(row.depth, maxDepth) * indent;
      row.y = y;
      row.width = right - row.x;
      const { height, portsAt } = measure(row, hasPorts);
      row.height = height;
      row.ports.forEach((port, index) => { port.y = y + portsAt[index]; });
      y += height + gap;
    }
    return {
      rows: list, rowOf, right, width, laneWidth, hasPorts, indent,
      height: Math.max(y - gap, top),
      links: links.filter(link => link.lane !== undefined),
      branches: list.filter(row => row.link).map(row => {
        const isChild = row.link.kind === 'parent';
        return { edge: row.link, row, parent: rowOf.get(isChild ? row.link.to : row.link.from) };
      }).filter(branch => branch.parent),
    };
  }

  return { graph, select, hierarchy, chains, treeOf, inside, opened, rows, arrange, isChange, SIBLINGS };
})();
