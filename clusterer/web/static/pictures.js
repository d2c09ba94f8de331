// Small pictures in SVG: volume and lineage.

import { bdi, clipped, h, s } from "./dom.js";
import { arrange, BOX } from "./graph.js";

const BAR = 4;
const HIGH = 24;

/** Articles per slice of time, as bars on a line. */
export function spark(words, volume) {
  const most = Math.max(...volume, 1);
  const wide = Math.max(volume.length, 24) * BAR;
  const bars = volume.map((count, place) => {
    const high = count ? Math.max((count / most) * (HIGH - 2), 3) : 0;
    const across = words.direction === "rtl" ? wide / BAR - 1 - place : place;
    return s("rect", { x: across * BAR, y: HIGH - 1 - high, width: BAR - 0.5, height: high });
  });
  const label = `${words.say("volume")}: ${volume.map(words.number).join(" ")}`;
  return s("svg", { class: "spark", viewBox: `0 0 ${wide} ${HIGH}`, role: "img", "aria-label": label },
    s("title", null, words.say("volume")),
    s("path", { d: `M0 ${HIGH - 0.5}H${wide}` }),
    bars);
}

/**
 * The lineage as a drawing, for those who see it; `lineageTable` says the same in words. `open` is
 * called with the id of an article, `when` tells the time of one; `room` is how wide the page is.
 */
export function lineage(words, told, { open, when, room }) {
  const { width, height, corners, strokes } = arrange(told, words.direction, room);
  const label = words.say("lineage");
  return [
    legend(words),
    h("div", { class: "lineage", tabindex: 0, role: "group", "aria-label": label },
      s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
        told.edges.map((edge, place) => s("g", null,
          s("title", null, `${words.say(`link_${edge.kind}`)} ${words.percent(edge.confidence)}`),
          s("path", { class: edge.kind, d: strokes[place].path }),
          s("path", { class: `tip ${edge.kind}`, d: strokes[place].tip }))),
        told.nodes.map((node) => box(words, node, corners.get(node.id), open, when)))),
  ];
}

function box(words, node, { x, y }, open, when) {
  const agency = node.kind === "agency";
  const under = [
    node.origin ? words.say("origin") : null,
    agency ? words.say("agency") : words.languageName(node.language),
    agency ? null : when(node.id),
  ].filter(Boolean).join(" · ");
  // An article without an outlet is called by its headline already.
  const told = node.title.startsWith(node.label.replace(/…$/, ""));
  const headline = agency || told ? null : bdi(clipped(node.title, 80), { class: "headline" });
  return s("g", { class: `${node.kind}${node.origin ? " origin" : ""}`, onclick: agency ? null : () => open(node.id) },
    s("title", null, clipped(node.title, 160)),
    s("rect", { x, y, width: BOX.width, height: BOX.height, rx: 4 }),
    s("foreignObject", { x, y, width: BOX.width, height: BOX.height },
      h("div", { class: "node", dir: words.direction },
        bdi(clipped(node.label, 80), { class: headline ? "name one" : "name" }),
        headline,
        h("span", { class: "under" }, under))));
}

function legend(words) {
  const kinds = ["credit", "copy", "translation"].map((kind) =>
    h("li", null, s("svg", null, s("line", { class: kind, x1: 0, x2: "100%", y1: "50%", y2: "50%" })), words.say(`link_${kind}`)));
  const origin = h("li", null, s("svg", null, s("rect", { x: 2, y: 1, width: 24, height: 9, rx: 2 })), words.say("origin"));
  const agency = h("li", null, s("svg", { class: "agency" }, s("rect", { x: 2, y: 1, width: 24, height: 9, rx: 2 })), words.say("agency"));
  return h("ul", { class: "legend", "aria-hidden": "true" }, kinds, origin, agency);
}

/** The lineage as a table, for those who hear it or copy it. */
export function lineageTable(words, told) {
  const label = new Map(told.nodes.map((node) => [node.id, node.label]));
  const head = ["giver", "kind", "taker", "confidence"].map((key) => h("th", { scope: "col" }, words.say(key)));
  const rows = told.edges.map((edge) => h("tr", null,
    h("td", null, bdi(label.get(edge.from))),
    h("td", null, words.say(`link_${edge.kind}`)),
    h("td", null, bdi(label.get(edge.to))),
    h("td", { class: "number" }, words.percent(edge.confidence))));
  return h("details", null, h("summary", null, words.say("as_table")),
    h("table", { class: "plain" }, h("thead", null, h("tr", null, head)), h("tbody", null, rows)));
}
