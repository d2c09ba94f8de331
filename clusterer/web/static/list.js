// The list of stories with its filters.

import { bdi, clipped, h } from "./dom.js";
import { badge, languageChips, originName } from "./parts.js";
import { spark } from "./pictures.js";
import { panel, workbench } from "./workbench.js";

const SORTS = ["last_seen", "first_seen", "article_count", "independent_source_count"];
const PAGE = 30;

/** `desk` is what the component lends its views: client, words, names, about, status, open, say. */
export class StoryList {
  #desk;
  #asked;
  #cursor = null;
  #shown = 0;
  #rows = h("ol", { class: "rows" });
  #more;
  #turn = 0;

  constructor(desk, asked) {
    this.#desk = desk;
    this.#asked = asked;
    this.#more = h("button", { onclick: () => this.#load(false) }, desk.words.say("more"));
  }

  async view() {
    await this.#load(true);
    return h("div", null,
      this.#tools(),
      this.#desk.status,
      this.#rows,
      h("div", { class: "foot" }, this.#more));
  }

  async #load(anew) {
    const turn = ++this.#turn;
    const { client, words, threshold, say } = this.#desk;
    const asked = { ...this.#asked, page_size: PAGE, threshold, cursor: anew ? null : this.#cursor };
    this.#more.disabled = true;
    const told = await client.get("/v1/stories", asked);
    if (turn !== this.#turn) return;
    const rows = told.stories.map((story) => this.#row(story));
    if (anew) this.#rows.replaceChildren(...rows);
    else this.#rows.append(...rows);
    this.#shown = (anew ? 0 : this.#shown) + rows.length;
    this.#cursor = told.next_page_cursor;
    this.#more.disabled = false;
    this.#more.hidden = this.#cursor === null;
    const asks = this.#narrowed() || this.#asked.q;
    say(told.total_hits
      ? `${words.say("shown")} ${words.number(this.#shown)} ${words.say("of")} ${words.number(told.total_hits)}`
      : words.say(asks ? "nothing" : "no_stories"));
    if (asks) this.#desk.status.append(" ", h("button", { type: "button", class: "link", onclick: () => this.#clear() }, words.say("clear")));
  }

  #row(story) {
    const { words, names, open, href } = this.#desk;
    const link = h("a", { href: href(story.id), onclick: (event) => open(event, story.id) },
      bdi(story.titles[words.language] || story.title || story.id));
    const outlets = story.outlets.slice(0, 4).map((name, place) => [place ? " · " : "", bdi(clipped(names.outlet(name), 40))]);
    return h("li", { class: "row" },
      h("div", null,
        h("h2", null, link),
        h("div", { class: "under" },
          languageChips(words, story.languages),
          h("span", null, outlets, story.outlets.length > 4 ? ` +${words.number(story.outlets.length - 4)}` : ""))),
      h("div", { class: "middle" },
        h("div", { class: "counts" },
          h("strong", null, words.count("articles", story.article_count)),
          h("span", null, words.count("independent", story.independent_source_count)),
          story.event_count > 1 ? h("span", null, words.count("events", story.event_count)) : null),
        story.volume.length > 1 ? spark(words, story.volume) : null),
      h("div", { class: "from" },
        h("span", { class: "label" }, words.say("origin")),
        [originName(words, story.origin, names), " "],
        badge(words, story.origin.status),
        h("div", { class: "quiet" }, words.moment(story.last_seen, story.last_precision ?? undefined))));
  }

  #tools() {
    const { words, about } = this.#desk;
    const box = h("input", { type: "search", name: "q", value: this.#asked.q ?? "", oninput: later(() => this.#change()) });
    const form = h("form", { class: "finding", role: "search", "aria-label": words.say("filters"), onsubmit: (event) => { event.preventDefault(); this.#change(); }, onchange: () => this.#change() },
      h("div", { class: "bar" },
        h("label", { class: "grow" }, words.say("search"), box),
        h("label", null, words.say("sort"), select("sort", SORTS.map((sort) => [sort, words.say(`sort_${sort}`)]), this.#asked.sort))),
      panel("filters", words.say("filters"), { opened: this.#narrowed() }, h("div", { class: "fields" }, this.#fields())));
    this.form = form;
    return h("div", { class: "tools" }, form, about ? workbench(this.#desk, () => this.#load(true)) : null);
  }

  #fields() {
    const { words, about, names } = this.#desk;
    const any = ["", words.say("any")];
    const languages = Object.entries(about.facets.languages).map(([code, count]) => [code, `${words.languageName(code)} (${words.number(count)})`]);
    const outlets = names.outlets().map(({ name, called, story_count }) => [name, `${clipped(called, 60)} (${words.number(story_count)})`]);
    const agencies = names.agencies().map(({ id, name, story_count }) => [id, `${clipped(name, 60)} (${words.number(story_count)})`]);
    const date = (name) => h("input", { type: "date", name, value: this.#asked[name] ?? "" });
    return [
      h("label", null, words.say("language"), select("lang", [any, ...languages], this.#asked.lang)),
      h("label", null, words.say("outlet"), select("outlet", [any, ...outlets], this.#asked.outlet)),
      h("label", null, words.say("agency_filter"), select("agency", [any, ...agencies], this.#asked.agency)),
      h("label", null, words.say("from"), date("from")),
      h("label", null, words.say("to"), date("to")),
      h("label", null, words.say("min_size"), h("input", { type: "number", name: "min_size", min: 1, value: this.#asked.min_size ?? "" })),
    ];
  }

  #narrowed() {
    return Object.entries(this.#asked).some(([name, value]) => value && name !== "sort" && name !== "q");
  }

  #clear() {
    for (const field of this.form.elements) {
      if (field.name !== "sort" && field.name) field.value = "";
    }
    this.#change();
  }

  #change() {
    for (const [name, value] of new FormData(this.form)) this.#asked[name] = value;
    this.#load(true).catch(this.#desk.fail);
  }
}

function select(name, options, chosen) {
  return h("select", { name }, options.map(([value, label]) => h("option", { value, selected: value === (chosen ?? options[0][0]) }, label)));
}

/** Wait for a pause in typing. */
function later(act) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, 250);
  };
}
