// One story: where it comes from, when, who took from whom, why, and the texts.

import { bdi, clipped, h } from "./dom.js";
import { badge, figure, languageChips, meter, originName } from "./parts.js";
import { lineage, lineageTable } from "./pictures.js";
import { timeline } from "./timeline.js";

const PRECISIONS = ["second", "minute", "hour", "day", "month", "year"];
const SHOWN_REASONS = 6;
const LONGEST_LINE = 4000;
const LONGEST_WORD = 200;
const TOKEN = /\n|\S{1,200}|[^\S\n]{1,199}/gu;

export async function storyView(desk, id) {
  const { client, words, threshold } = desk;
  const path = `/v1/stories/${encodeURIComponent(id)}`;
  const [story, drawn, along, why] = await Promise.all([
    client.get(path, { threshold, interface: words.language }),
    client.get(`${path}/lineage`, { threshold, interface: words.language }),
    client.get(`${path}/timeline`, { threshold, interface: words.language }),
    client.get(`${path}/reasons`, { threshold }),
  ]);
  const names = storyNames(story);
  const times = precisions(story);
  const when = (article) => words.short(names.get(article)?.published);
  const texts = new Map(story.articles.map((article) =>
    [article.id, articleText(desk, names, article, taken(words, drawn, article.id))]));
  const open = (article) => {
    const details = texts.get(article);
    details.open = true;
    details.querySelector("summary").focus();
  };
  return h("article", { "aria-labelledby": "story-title" },
    head(desk, story, path, times),
    origins(words, story, names, open),
    story.article_count > 1 && along.lines.length
      ? section(words.say("timeline"),
        timeline(words, along, { open, took: whence(story, drawn), ends: times, width: desk.width() }),
        undated(words, along, names, open)) : null,
    story.article_count > 1 || drawn.nodes.length
      ? section(words.say("lineage"), kin(words, drawn, names, { open, when, room: desk.width() })) : null,
    together(words, why.reasons, names),
    section(words.say("text"), [...texts.values()]));
}

/** Names within a story: its own articles by their outlets. */
function storyNames(story) {
  const own = new Map(story.articles.map((article) => [article.id, article]));
  const agency = (id) => story.names[id] ?? id;
  const called = (article) => story.names[article.outlet] ?? article.outlet_name ?? article.outlet;
  const outlet = (article) => called(article) ?? article.title;
  return {
    get: (id) => own.get(id),
    agency,
    called,
    article: (id) => (own.has(id) ? outlet(own.get(id)) || id : null),
    any: (id) => (own.has(id)
      ? bdi(clipped(outlet(own.get(id)) || id, 60), { title: clipped(id, 120) })
      : bdi(clipped(agency(id), 120))),
  };
}

/** How precisely the story's ends are known: as the best known article there. */
function precisions(story) {
  const known = (iso) => story.articles.map((article) => article.published)
    .filter((published) => published?.at === iso)
    .map((published) => published.precision)
    .sort((a, b) => PRECISIONS.indexOf(a) - PRECISIONS.indexOf(b))[0];
  return { first: known(story.first_seen), last: known(story.last_seen) };
}

/** How an article came by its news: nothing tells it, it is the origin, or its plainest link. */
function whence(story, drawn) {
  const kinds = ["copy", "translation", "credit"];
  const found = new Map();
  for (const { to, kind } of drawn.edges) {
    const known = found.get(to);
    if (!known || kinds.indexOf(kind) < kinds.indexOf(known)) found.set(to, kind);
  }
  // An origin that nobody took from is not drawn among them.
  for (const { origin } of [story, ...story.events]) if (origin.kind === "article") found.set(origin.article, "origin");
  return (id) => found.get(id) ?? null;
}

/** The articles that cannot stand on the time line. */
function undated(words, along, names, open) {
  if (!along.undated.length) return null;
  const each = along.undated.map((id, place) => [
    place ? " · " : "", h("button", { type: "button", class: "link", onclick: () => open(id) }, names.any(id))]);
  return h("p", { class: "quiet" }, `${words.say("time_unknown")}: `, each);
}

/** Whom an article took from, in words. */
function taken(words, drawn, id) {
  const label = new Map(drawn.nodes.map((node) => [node.id, node.label]));
  return drawn.edges.filter((edge) => edge.to === id)
    .map((edge) => h("li", { class: "chip" },
      h("span", { class: `took ${edge.kind}` }, words.say(`link_${edge.kind}`)), bdi(clipped(label.get(edge.from), 60))));
}

function section(title, ...children) {
  return h("section", null, h("h3", null, title), ...children);
}

function head({ client, words, open, home, threshold }, story, path, times) {
  const title = story.titles[words.language];
  const other = title && title !== clipped(story.title, 500) ? h("p", { class: "quiet" }, bdi(clipped(story.title, 500))) : null;
  const exports = client.token || threshold !== null ? null : figure(words.say("exports"),
    h("a", { href: `${client.src}${path}/ninjs`, download: "" }, "ninjs"), " · ",
    h("a", { href: `${client.src}${path}/schema-org`, download: "" }, "schema.org"));
  return h("div", { class: "story-head" },
    h("a", { href: home, onclick: (event) => open(event, null) }, `${words.direction === "rtl" ? "→" : "←"} ${words.say("back")}`),
    h("h2", { id: "story-title", tabindex: -1 }, bdi(clipped(title || story.title || story.id, 500))),
    other,
    h("dl", { class: "figures" },
      figure(words.say("articles"), words.number(story.article_count)),
      figure(words.say("independent"), words.number(story.independent_source_count)),
      figure(words.say("first_seen"), words.moment(story.first_seen, times.first)),
      figure(words.say("last_seen"), words.moment(story.last_seen, times.last)),
      figure(words.say("languages_label"), languageChips(words, story.languages)),
      exports));
}

function origins(words, story, names, open) {
  const ofEvents = story.events.length < 2 ? [] : story.events.map((event, place) =>
    h("details", { class: "event" },
      h("summary", null,
        `${words.say("event")} ${words.number(place + 1)} · ${words.count("articles", event.articles.length)}`, " ",
        h("span", { class: "quiet" }, originName(words, event.origin, names), " ", badge(words, event.origin.status))),
      verdict(words, event.origin, story.explanations[place + 1], names, open)));
  return section(words.say("origin"), verdict(words, story.origin, story.explanations[0], names, open), ofEvents);
}

function verdict(words, origin, explanation, names, open) {
  const line = (key, ...value) => [h("dt", null, words.say(key)), h("dd", null, ...value)];
  const list = (items) => h("ul", null, items.map((item) => h("li", null, item)));
  const proof = ({ words: said, article }) => [
    h("q", { class: "quote" }, bdi(clipped(said, 300))), " ",
    names.get(article) ? h("button", { type: "button", class: "link", onclick: () => open(article) }, names.any(article)) : names.any(article)];
  const onward = words.direction === "rtl" ? " ← " : " → ";
  const chain = [...origin.chain].reverse().map((id, place) => [place ? onward : "", bdi(clipped(names.agency(id), 120))]);
  const issuer = origin.issuer && (origin.issuer.id ? names.agency(origin.issuer.id) : origin.issuer.name);
  // An origin that is not known is headed by what it leans to.
  const unnamed = origin.kind === "undetermined";
  const others = origin.alternatives.filter(({ id }) => !(unnamed && id === origin.lean));
  return h("div", { class: "verdict" },
    h("p", null, h("span", { class: "who" }, originName(words, origin, names)), " ", badge(words, origin.status)),
    explanation ? h("p", null, bdi(clipped(explanation, 900))) : null,
    h("dl", null,
      unnamed ? null : line("kind", words.say(`origin_${origin.kind}`)),
      line("confidence", meter(words, origin.confidence)),
      origin.chain.length ? line("chain", chain) : null,
      issuer ? line("issuer", bdi(clipped(issuer, 120))) : null,
      ["nearest_copy", "first_publisher", "lean"].map((key) => (origin[key] && !(unnamed && key === "lean") ? line(key, names.any(origin[key])) : null)),
      origin.evidence.length ? line("evidence", list(origin.evidence.map(proof))) : null,
      origin.ignored?.length ? line("ignored", list(origin.ignored.map(proof))) : null,
      others.length
        ? line("alternatives", list(others.map(({ id, confidence }) => [
          names.any(id), " ", h("span", { class: "number" }, words.percent(confidence))])))
        : null));
}

function kin(words, drawn, names, shown) {
  if (!drawn.nodes.length) return h("p", { class: "quiet" }, words.say("lineage_none"));
  const counts = new Map();
  for (const id of drawn.alone) counts.set(names.article(id), (counts.get(names.article(id)) ?? 0) + 1);
  const alone = [...counts].map(([name, count], place) => [
    place ? " · " : "", bdi(clipped(name, 60)), count > 1 ? ` (${words.number(count)})` : ""]);
  return [
    lineage(words, drawn, shown),
    alone.length ? h("p", { class: "quiet" }, `${words.say("alone")}: `, alone) : null,
    lineageTable(words, drawn),
  ];
}

function together(words, reasons, names) {
  if (!reasons.length) return null;
  const rest = reasons.slice(SHOWN_REASONS);
  return section(words.say("why"),
    aligned(words, reasons.slice(0, SHOWN_REASONS), names),
    rest.length
      ? h("details", null, h("summary", null, `${words.say("more")} (${words.number(rest.length)})`), aligned(words, rest, names))
      : null);
}

function aligned(words, reasons, names) {
  const head = [
    h("th", { scope: "col" }, words.say("article")),
    h("th", { scope: "col", class: "share" }, words.say("similarity")),
    h("th", { scope: "col" }, words.say("article")),
  ];
  const rows = reasons.map((reason) => h("tr", null,
    sentence(names, reason.left, reason.mine),
    h("td", { class: "share" }, h("span", { class: "number" }, words.percent(reason.similarity))),
    sentence(names, reason.right, reason.theirs)));
  return h("table", { class: "aligned" }, h("thead", null, h("tr", null, head)), h("tbody", null, rows));
}

function sentence(names, id, said) {
  return h("td", null, h("span", { class: "side" }, names.any(id)),
    bdi(clipped(said, 500), { class: "sentence", lang: names.get(id)?.language }));
}

/** An article, whose text is fetched when it is opened. */
function articleText({ client, words, fail }, names, article, took) {
  const place = h("div");
  const load = async () => {
    const told = await client.get("/v1/article", { id: article.id });
    if (told.text === undefined) place.replaceChildren(h("p", { class: "quiet" }, words.say("nothing")));
    else place.replaceChildren(marked(words, names, told));
  };
  const chips = article.credits.map((credit) => h("li", { class: "chip" },
    bdi(clipped(credit.agency ? names.agency(credit.agency) : credit.words, 80)), " ",
    h("span", { class: "quiet" }, words.say(`role_${credit.role}`))));
  const published = article.published;
  return h("details", { ontoggle: (event) => event.target.open && !place.firstChild && load().catch(fail) },
    h("summary", null,
      bdi(clipped(article.title || article.id, 200), { lang: article.language }),
      h("span", { class: "quiet" },
        bdi(clipped(names.called(article) ?? words.say("outlet_unknown"), 80)),
        ` · ${words.languageName(article.language)} · ${words.moment(published?.at, published?.precision)}`),
      took.length ? h("ul", { class: "chips" }, took) : null),
    h("p", { class: "quiet" }, bdi(clipped(article.id, 500))),
    chips.length ? h("ul", { class: "chips", "aria-label": words.say("credits") }, chips) : null,
    place);
}

/** The text with its credits marked; spans count code points, so the text is taken apart so. */
function marked(words, names, article) {
  const points = Array.from(article.text);
  const [begin, end] = article.span;
  const run = (from, to) => points.slice(from, to).join("");
  const text = new Lines();
  let done = begin;
  for (const credit of [...article.credits].sort((a, b) => a.span[0] - b.span[0])) {
    const [from, to] = credit.span;
    if (from < done || to > end || from >= to) continue;
    const said = [words.say(`role_${credit.role}`), credit.agency && clipped(names.agency(credit.agency), 80)];
    const title = said.filter(Boolean).join(": ");
    text.add(run(done, from), (part) => part);
    text.add(run(from, to), (part) => h("mark", { title }, part));
    done = to;
  }
  text.add(run(done, end), (part) => part);
  const label = words.say("text");
  return h("div", { class: "text", role: "region", "aria-label": label, dir: "auto", lang: article.language, tabindex: 0 }, text.lines);
}

/**
 * Lines as written, but never endless, and no endless words: a browser lays out what is in view
 * line by line, in time that grows with the square of a line's longest word.
 */
class Lines {
  lines = [h("span", { class: "line" })];
  #length = 0;

  add(text, dressed) {
    let kept = "";
    for (const [token] of text.matchAll(TOKEN)) {
      kept += token;
      this.#length += token.length;
      if (token === "\n" || token.length >= LONGEST_WORD || this.#length >= LONGEST_LINE) {
        this.lines.at(-1).append(dressed(kept));
        this.lines.push(h("span", { class: "line" }));
        kept = "";
        this.#length = 0;
      }
    }
    if (kept) this.lines.at(-1).append(dressed(kept));
  }
}
