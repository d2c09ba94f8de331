// Tools that only some sources have: find by text, move the line, settle doubtful pairs.

import { bdi, clipped, h } from "./dom.js";

/** Panels of the tools that this source has; of all panels of the list at most one is open. */
export function workbench(desk, reload) {
  const { abilities } = desk.about;
  return [
    abilities.search ? finder(desk) : null,
    abilities.recut ? slider(desk, reload) : null,
    abilities.doubtful ? doubts(desk, reload) : null,
  ];
}

/** A tool under its name; `open` is called when it is opened. */
export function panel(kind, name, { opened, open }, ...children) {
  return h("details", { class: kind, name: "tool", open: opened, ontoggle: (event) => event.target.open && open?.() },
    h("summary", null, name), h("div", { class: "panel" }, children));
}

function finder({ client, words, open, href, fail }) {
  const text = h("textarea", { name: "text", dir: "auto", maxlength: 100000, required: true });
  const hits = h("ol", { class: "pairs", "aria-live": "polite" });
  const find = async (event) => {
    event.preventDefault();
    const told = await client.post("/v1/search", { text: text.value, limit: 10 });
    hits.replaceChildren(...told.hits.map(({ story, similarity }) => h("li", null,
      h("div", { class: "both" },
        h("a", { href: href(story.id), onclick: (click) => open(click, story.id) }, bdi(clipped(story.titles[words.language] || story.title || story.id, 200))),
        h("span", { class: "quiet" }, [
          words.count("articles", story.article_count),
          Object.keys(story.languages).map(words.languageName).join(words.say("comma")),
          words.moment(story.last_seen, story.last_precision ?? undefined),
        ].join(" · "))),
      h("span", { class: "number" }, words.percent(similarity)))));
    if (!told.hits.length) hits.replaceChildren(h("li", null, words.say("nothing")));
  };
  return panel("finder", words.say("similar_to"), {},
    h("form", { onsubmit: (event) => find(event).catch(fail) },
      h("label", null, words.say("paste"), text),
      h("p", null, h("button", { class: "main" }, words.say("find")))),
    hits);
}

/**
 * Moves the line between one event and two for this reader alone. Most lines lie low: the
 * slider's way is the root of the probability.
 */
function slider(desk, reload) {
  const { words, about, fail } = desk;
  const usual = about.settings.event_cut ?? 0.5;
  const percent = new Intl.NumberFormat(words.table.locale, { style: "percent", maximumFractionDigits: 1 });
  const value = (place) => Math.round(1000 * place * place) / 1000;
  const place = (threshold) => Math.sqrt(threshold).toFixed(3);
  const said = h("output", null, percent.format(desk.threshold ?? usual));
  const range = h("input", { type: "range", min: 0, max: 1, step: 0.001, value: place(desk.threshold ?? usual), "aria-label": words.say("threshold_value"), "aria-describedby": "threshold-note" });
  const show = (threshold) => {
    said.value = percent.format(threshold);
    range.setAttribute("aria-valuetext", said.value);
  };
  const move = (threshold) => {
    desk.threshold = threshold;
    range.value = place(threshold ?? usual);
    show(threshold ?? usual);
    reload().catch(fail);
  };
  range.addEventListener("input", () => show(value(Number(range.value))));
  range.addEventListener("change", () => move(value(Number(range.value))));
  return panel("line", words.say("threshold"), { opened: desk.threshold !== null },
    h("p", { class: "slider" },
      h("span", { class: "quiet" }, words.say("more_together")), range, h("span", { class: "quiet" }, words.say("more_apart"))),
    h("p", { class: "slider" },
      h("span", null, `${words.say("threshold_value")}: `, said),
      h("button", { type: "button", onclick: () => move(null) }, words.say("reset"))),
    h("p", { class: "quiet", id: "threshold-note" }, words.say("threshold_note")));
}

/** Pairs near the line; an answer is kept by the source, obeyed at once, and can be taken back. */
function doubts(desk, reload) {
  const { client, words, about, names, open, href, fail } = desk;
  const list = h("ol", { class: "pairs" });
  const kept = h("div", { "aria-live": "polite" });
  const show = async () => {
    const told = await client.get("/v1/doubtful", { limit: 10 });
    list.replaceChildren(...told.pairs.map(pair));
    if (!told.pairs.length) list.replaceChildren(h("li", null, words.say("nothing")));
  };
  const post = async (event, bond, { left, right }) => {
    event.target.disabled = true;
    await client.post("/v1/links", { bond, left, right });
    await Promise.all([show(), reload()]);
  };
  const answer = async (event, bond, key, told) => {
    await post(event, bond, told);
    const undo = (click) => post(click, "none", told).then(() => kept.replaceChildren()).catch(fail);
    kept.replaceChildren(h("p", { class: "notice" },
      h("span", null, `${words.say("kept")}: ${words.say(key)} — `, bdi(clipped(told.left_title, 60)), " / ", bdi(clipped(told.right_title, 60))),
      h("button", { type: "button", onclick: undo }, words.say("undo"))));
  };
  const button = (bond, key, told) =>
    h("button", { type: "button", onclick: (event) => answer(event, bond, key, told).catch(fail) }, words.say(key));
  const side = (told, end) => {
    const outlet = told[`${end}_outlet`];
    const story = told[`${end}_story`];
    return h("div", null,
      h("a", { href: href(story), onclick: (event) => open(event, story) },
        bdi(clipped(told[`${end}_title`], 160), { lang: told[`${end}_language`] })),
      h("span", { class: "quiet" }, " ", bdi(clipped(outlet ? names.outlet(outlet) : words.say("outlet_unknown"), 60)),
        ` · ${words.languageName(told[`${end}_language`])}`));
  };
  const pair = (told) => h("li", null,
    h("div", { class: "both" }, side(told, "left"), side(told, "right"),
      h("span", { class: "quiet" }, `${words.say("probability")} ${words.percent(told.probability)} · ${words.say(told.together ? "now_together" : "now_apart")}`)),
    about.abilities.link
      ? h("div", { class: "answers" }, button("must", "together", told), button("cannot", "apart", told))
      : null);
  return panel("doubts", words.say("doubtful"), { open: () => show().catch(fail) },
    about.abilities.link ? h("p", { class: "quiet" }, words.say("doubtful_note")) : null,
    kept, list);
}
