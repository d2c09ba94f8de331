// Small pictures in SVG: volume, time line, lineage.

import { bdi, clipped, h, s } from "./dom.js";

const BOX = { width: 192, height: 46 };
const CELL = { width: 240, height: 68 };
const MARGIN = 10;
const TIP = 7;

/** Articles per slice of time, as bars. */
export function spark(words, volume) {
  const most = Math.max(...volume, 1);
  const bars = volume.map((count, place) => {
    const high = count ? Math.max((count / most) * 24, 2) : 0;
    const across = words.direction === "rtl" ? volume.length - 1 - place : place;
    return s("rect", { x: across * 4, y: 24 - high, width: 3, height: high });
  });
  const label = `${words.say("volume")}: ${volume.map(words.number).join(" ")}`;
  const box = `0 0 ${Math.max(volume.length, 24) * 4} 24`;
  return s("svg", { class: "spark", viewBox: box, role: "img", "aria-label": label }, bars);
}

/** One line an outlet, one dot an article; `open` is called with the id of a dot's article. */
export function timeline(words, told, open, { first, last }) {
  const along = (share) => `${100 * (words.direction === "rtl" ? 1 - share : share)}%`;
  const lines = told.lines.map((line) => [
    h("div", { class: "outlet" }, bdi(line.outlet ?? words.say("outlet_unknown"))),
    h("div", { class: "way" },
      s("svg", { role: "img", "aria-label": line.marks.map((mark) => words.moment(mark.at, mark.precision)).join(", ") },
        line.marks.map((mark) => s("g", { onclick: () => open(mark.id) },
          s("title", null, `${clipped(mark.title, 160)} (${words.moment(mark.at, mark.precision)})`),
          s("line", { x1: along(mark.before), x2: along(mark.after), y1: "50%", y2: "50%" }),
          s("circle", { cx: along(mark.place), cy: "50%", r: 5.5 }))))),
  ]);
  const ends = [h("span", null, words.moment(told.start, first))];
  if (told.end !== told.start) ends.push(h("span", null, words.moment(told.end, last)));
  return h("div", { class: "timeline" }, lines, h("div", { class: "ends quiet" }, ends));
}

/** The lineage as a drawing, for those who see it; `lineageTable` says the same in words. */
export function lineage(words, told, open) {
  const page = new Page(told, words.direction);
  const nodes = new Map(told.nodes.map((node) => [node.id, page.corner(node.column, node.row)]));
  const label = words.say("lineage");
  return [
    legend(words),
    h("div", { class: "lineage", tabindex: 0, role: "group", "aria-label": label },
      s("svg", { width: page.width, height: page.height, viewBox: `0 0 ${page.width} ${page.height}`, role: "img", "aria-label": label },
        told.edges.map((edge) => stroke(words, page, edge, nodes)),
        told.nodes.map((node) => box(words, node, nodes.get(node.id), open)))),
  ];
}

class Page {
  constructor(told, direction) {
    this.columns = told.columns;
    this.onward = direction === "rtl" ? -1 : 1;
    this.width = Math.max(told.columns - 1, 0) * CELL.width + BOX.width + 2 * MARGIN;
    this.height = Math.max(told.rows - 1, 0) * CELL.height + BOX.height + 2 * MARGIN;
  }

  corner(column, row) {
    const across = this.onward > 0 ? column : this.columns - 1 - column;
    return { x: MARGIN + across * CELL.width, y: MARGIN + row * CELL.height };
  }
}

function box(words, node, { x, y }, open) {
  const middle = x + BOX.width / 2;
  const origin = node.origin ? ` · ${words.say("origin")}` : "";
  const under = node.kind === "agency" ? words.say("agency") : words.languageName(node.language);
  const kind = `${node.kind}${node.origin ? " origin" : ""}`;
  return s("g", { class: kind, onclick: node.kind === "article" ? () => open(node.id) : null },
    s("title", null, clipped(node.title, 160)),
    s("rect", { x, y, width: BOX.width, height: BOX.height, rx: 4 }),
    s("text", { x: middle, y: y + 19 }, clipped(node.label, 27)),
    s("text", { class: "under", x: middle, y: y + 36 }, under + origin));
}

function stroke(words, page, edge, nodes) {
  const giver = nodes.get(edge.from);
  const taker = nodes.get(edge.to);
  const half = BOX.width / 2;
  const onward = (taker.x - giver.x) * page.onward >= 0 ? page.onward : -page.onward;
  let x = giver.x + half + onward * half;
  let y = giver.y + BOX.height / 2;
  let path = `M${x} ${y}`;
  for (const [column, row] of edge.via) {
    const cell = page.corner(column, row);
    const level = cell.y + BOX.height / 2;
    path += curve(x, y, cell.x + half - onward * half, level) + `H${cell.x + half + onward * half}`;
    x = cell.x + half + onward * half;
    y = level;
  }
  const end = taker.x + half - onward * half;
  const neck = end - onward * TIP;
  const bottom = taker.y + BOX.height / 2;
  const tip = `M${end} ${bottom}L${neck} ${bottom - TIP / 1.6}V${bottom + TIP / 1.6}Z`;
  return s("g", null,
    s("title", null, `${words.say(`link_${edge.kind}`)} ${words.percent(edge.confidence)}`),
    s("path", { class: edge.kind, d: path + curve(x, y, neck, bottom) }),
    s("path", { class: `tip ${edge.kind}`, d: tip }));
}

function curve(x, y, toX, toY) {
  const bend = (toX - x) / 2;
  return `C${x + bend} ${y} ${toX - bend} ${toY} ${toX} ${toY}`;
}

function legend(words) {
  const kinds = ["credit", "copy", "translation"].map((kind) =>
    h("li", null, s("svg", null, s("line", { class: kind, x1: 0, x2: "100%", y1: "50%", y2: "50%" })), words.say(`link_${kind}`)));
  const origin = h("li", null, s("svg", null, s("rect", { x: 2, y: 1, width: 24, height: 9, rx: 2 })), words.say("origin"));
  return h("ul", { class: "legend", "aria-hidden": "true" }, kinds, origin);
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
