// Tools that only some sources have: find by text, move the line, settle doubtful pairs.

import { bdi, clipped, h } from "./dom.js";

export function workbench(desk, reload) {
  const { abilities } = desk.about;
  return [
    abilities.search ? finder(desk) : null,
    abilities.recut ? slider(desk, reload) : null,
    abilities.doubtful ? doubts(desk, reload) : null,
  ];
}

function finder({ client, words, open, href, fail }) {
  const text = h("textarea", { name: "text", dir: "auto", maxlength: 100000, required: true });
  const hits = h("ol", { class: "pairs", "aria-live": "polite" });
  const find = async (event) => {
    event.preventDefault();
    const told = await client.post("/v1/search", { text: text.value, limit: 10 });
    hits.replaceChildren(...told.hits.map(({ story, similarity }) => h("li", null,
      h("a", { href: href(story.id), onclick: (click) => open(click, story.id) }, bdi(clipped(story.title || story.id, 200))),
      h("span", { class: "number" }, words.percent(similarity)))));
    if (!told.hits.length) hits.replaceChildren(h("li", null, words.say("nothing")));
  };
  return h("details", { class: "finder" }, h("summary", null, words.say("similar_to")),
    h("form", { onsubmit: (event) => find(event).catch(fail) },
      h("label", null, words.say("paste"), text),
      h("p", null, h("button", { class: "main" }, words.say("find")))),
    hits);
}

/** Moves the line between one event and two for this reader alone. */
function slider(desk, reload) {
  const { words, about, fail } = desk;
  const usual = about.settings.event_cut ?? 0.5;
  const percent = new Intl.NumberFormat(words.table.locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const said = h("output", null, percent.format(desk.threshold ?? usual));
  const range = h("input", { type: "range", min: 0, max: 1, step: 0.01, value: desk.threshold ?? usual, "aria-describedby": "threshold-note" });
  const move = (value) => {
    desk.threshold = value;
    range.value = value ?? usual;
    said.value = percent.format(value ?? usual);
    reload().catch(fail);
  };
  range.addEventListener("input", () => { said.value = percent.format(range.value); });
  range.addEventListener("change", () => move(Number(range.value)));
  return h("details", { class: "line", open: desk.threshold !== null }, h("summary", null, words.say("threshold")),
    h("label", null, words.say("threshold"),
      h("span", { class: "slider" }, range, said, h("button", { type: "button", onclick: () => move(null) }, words.say("reset")))),
    h("p", { class: "quiet", id: "threshold-note" }, words.say("threshold_note")));
}

/** Pairs near the line; an answer is kept by the source and obeyed at once. */
function doubts(desk, reload) {
  const { client, words, about, fail } = desk;
  const list = h("ol", { class: "pairs" });
  const show = async () => {
    const told = await client.get("/v1/doubtful", { limit: 10 });
    list.replaceChildren(...told.pairs.map(pair));
    if (!told.pairs.length) list.replaceChildren(h("li", null, words.say("nothing")));
  };
  const answer = async (event, bond, { left, right }) => {
    event.target.disabled = true;
    await client.post("/v1/links", { bond, left, right });
    await Promise.all([show(), reload()]);
  };
  const button = (bond, key, told) =>
    h("button", { type: "button", onclick: (event) => answer(event, bond, told).catch(fail) }, words.say(key));
  const pair = (told) => h("li", null,
    h("div", { class: "both" },
      bdi(clipped(told.left_title, 160), { lang: told.left_language }),
      bdi(clipped(told.right_title, 160), { lang: told.right_language }),
      h("span", { class: "quiet" }, `${words.say("probability")} ${words.percent(told.probability)} · ${words.say(told.together ? "now_together" : "now_apart")}`)),
    about.abilities.link
      ? h("div", { class: "answers" }, button("must", "together", told), button("cannot", "apart", told))
      : null);
  return h("details", { class: "doubts", ontoggle: (event) => event.target.open && show().catch(fail) },
    h("summary", null, words.say("doubtful")),
    about.abilities.link ? h("p", { class: "quiet" }, words.say("doubtful_note")) : null,
    list);
}
