// The articles of a story along time: one line an outlet, one dot an article.

import { bdi, clipped, h, s } from "./dom.js";
import * as libraries from "./libraries.js";

const DAY = 86_400_000;
const LABEL = 110; // pixels that a label of the axis needs
const DOT = 13; // pixels across a dot and its rim
// Pixels that the names of outlets take beside their lines; on a narrow page they stand above.
const OUTLETS = 240;
const EDGES = 24;
const NARROW = 640;
const LEVELS = ["50%", "18%", "82%"];

/**
 * `told` is a timeline as the server tells it; `open` is called with the id of a dot's article,
 * `took` says how an article came by its news (copy, translation, credit, origin or null).
 */
export function timeline(words, told, { open, took, ends, width }) {
  const along = (share) => `${100 * (words.direction === "rtl" ? 1 - share : share)}%`;
  const room = width > NARROW ? width - OUTLETS : width - EDGES;
  const marks = ticks(words, told, room);
  const grid = marks.map(({ share }) => s("line", { class: "tick", x1: along(share), x2: along(share), y1: 0, y2: "100%" }));
  const called = (line) => line.outlet || line.marks[0].title || words.say("outlet_unknown");
  const lines = told.lines.map((line) => {
    const levels = levelled(line.marks, room);
    return [
      h("div", { class: "outlet" }, bdi(clipped(called(line), 80), { title: clipped(called(line), 160) })),
      h("div", { class: "way" },
        s("svg", { role: "img", "aria-label": line.marks.map((mark) => said(words, mark, took(mark.id))).join(", ") },
          grid.map((tick) => tick.cloneNode()),
          line.marks.map((mark, place) => dot(words, mark, took(mark.id), along, open, levels[place])))),
    ];
  });
  return h("div", { class: "timeline" }, lines, axis(words, told, marks, ends));
}

function said(words, mark, kind) {
  const how = kind === "origin" ? words.say("origin") : kind && words.say(`link_${kind}`);
  return [words.moment(mark.at, mark.precision), how].filter(Boolean).join(" · ");
}

/** Dots that would lie on one another stand a little higher or lower. */
function levelled(marks, width) {
  const ends = LEVELS.map(() => -1);
  return marks.map(({ place }) => {
    const free = ends.findIndex((end) => place - end >= DOT / width);
    const level = free < 0 ? ends.indexOf(Math.min(...ends)) : free;
    ends[level] = place;
    return LEVELS[level];
  });
}

function dot(words, mark, kind, along, open, level) {
  return s("g", { class: kind, onclick: () => open(mark.id) },
    s("title", null, `${clipped(mark.title, 160)} (${said(words, mark, kind)})`),
    s("line", { x1: along(mark.before), x2: along(mark.after), y1: level, y2: level }),
    s("circle", { cx: along(mark.place), cy: level, r: DOT / 2 - 1 }));
}

/** Round times on the way from the first article to the last, as shares of it. */
function ticks(words, told, width) {
  const [begin, end] = [new Date(told.start), new Date(told.end)];
  if (!libraries.scaleUtc || begin >= end) return [];
  const scale = (words.zone === "UTC" ? libraries.scaleUtc() : libraries.scaleTime()).domain([begin, end]).range([0, 1]);
  const room = Math.max(Math.floor(width / LABEL), 2);
  let times = scale.ticks(room);
  for (let fewer = room - 1; times.length > room && fewer > 0; fewer -= 1) times = scale.ticks(fewer);
  const whole = times.length > 1 ? times[1] - times[0] >= DAY : end - begin >= DAY;
  let before = null;
  return times.map((time) => {
    const day = words.day(time);
    const told = whole ? [day] : day === before ? [words.clock(time)] : [words.clock(time), day];
    before = day;
    return { share: scale(time), told };
  });
}

function axis(words, told, marks, { first, last }) {
  if (marks.length) {
    const side = words.direction === "rtl" ? "right" : "left";
    const place = ({ share }) => (share < 0.08 ? "start" : share > 0.92 ? "end" : null);
    return h("div", { class: "axis quiet", "aria-hidden": "true" }, marks.map((mark) => {
      const label = h("span", { class: place(mark) }, mark.told.map((line) => h("span", null, line)));
      label.style.setProperty(side, `${100 * mark.share}%`);
      return label;
    }));
  }
  const ends = [h("span", null, words.moment(told.start, first))];
  if (told.end !== told.start) ends.push(h("span", null, words.moment(told.end, last)));
  return h("div", { class: "ends quiet" }, ends);
}
