// Where the boxes of a lineage stand and how its lines run, in pixels.
//
// Givers stand where reading begins and takers after them, or below them where there is too little
// room across. The layout is dagre's. Where the package was built without it, and for graphs that would hold the page up,
// the boxes stand in the cells that the server has laid out.

import { pixels } from "./cells.js";
import * as libraries from "./libraries.js";

export const BOX = { width: 196, height: 60 };
const GAP = { nodesep: 18, edgesep: 14, ranksep: 56, marginx: 10, marginy: 10 };
const TIP = 7;
// So much is laid out in a few tenths of a second; the time grows with the square.
const MOST_NODES = 120;
const MOST_EDGES = 180;

/**
 * `told` is a lineage as the server tells it. Returns its width and height, the left upper corner
 * of every node's box by its id, and the line and the tip of every edge, in the order of `told`.
 * `room` is how wide it may be without being scrolled.
 */
export function arrange(told, direction, room) {
  const small = told.nodes.length <= MOST_NODES && told.edges.length <= MOST_EDGES;
  if (!libraries.layout || !small) return pixels(told, direction, BOX, TIP);
  const across = laidOut(told, direction === "rtl" ? "RL" : "LR");
  if (across.width <= room) return across;
  const down = laidOut(told, "TB");
  return down.width < across.width ? down : across;
}

function laidOut(told, onward) {
  const graph = new libraries.Graph({ multigraph: true }).setGraph({ ...GAP, rankdir: onward });
  for (const { id } of told.nodes) graph.setNode(id, { ...BOX });
  told.edges.forEach((edge, place) => graph.setEdge(edge.from, edge.to, {}, String(place)));
  libraries.layout(graph);
  const axis = onward === "TB" ? DOWN : ACROSS;
  const ranks = new Set(told.nodes.map(({ id }) => Math.round(graph.node(id)[axis.along])));
  return {
    width: graph.graph().width,
    height: graph.graph().height,
    corners: new Map(told.nodes.map(({ id }) => {
      const { x, y } = graph.node(id);
      return [id, { x: x - BOX.width / 2, y: y - BOX.height / 2 }];
    })),
    strokes: told.edges.map((edge, place) => {
      const { points } = graph.edge(edge.from, edge.to, String(place));
      return stroke(axis, ranks, graph.node(edge.from), graph.node(edge.to), points);
    }),
  };
}

const ACROSS = { along: "x", beside: "y", half: BOX.width / 2, curve: () => libraries.curveBumpX };
const DOWN = { along: "y", beside: "x", half: BOX.height / 2, curve: () => libraries.curveBumpY };

/** From side to side, straight where it passes between other boxes. */
function stroke({ along, beside, half, curve }, ranks, giver, taker, points) {
  const onward = Math.sign(taker[along] - giver[along]) || 1;
  const at = (place, level) => ({ [along]: place, [beside]: level });
  const way = [at(giver[along] + onward * half, giver[beside])];
  for (const point of points.slice(1, -1)) {
    if (!ranks.has(Math.round(point[along]))) continue;
    way.push(at(point[along] - onward * half, point[beside]), at(point[along] + onward * half, point[beside]));
  }
  const end = at(taker[along] - onward * half, taker[beside]);
  const neck = at(end[along] - onward * TIP, end[beside]);
  const draw = libraries.line((point) => point.x, (point) => point.y).curve(curve());
  const side = (sign) => at(neck[along], neck[beside] + (sign * TIP) / 1.6);
  const corners = [end, side(-1), side(1)].map(({ x, y }) => `${x} ${y}`);
  return { path: draw([...way, neck]), tip: `M${corners.join("L")}Z` };
}
