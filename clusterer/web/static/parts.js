// Small parts that the list and the story share.

import { bdi, clipped, h } from "./dom.js";

export function languageChips(words, languages) {
  const chips = Object.entries(languages).map(([code, count]) =>
    h("li", { class: "chip" }, words.languageName(code), h("span", { class: "number" }, words.number(count))));
  return h("ul", { class: "chips", "aria-label": words.say("languages_label") }, chips);
}

export function badge(words, status) {
  return h("span", { class: `badge ${status}` }, words.say(`status_${status}`));
}

export function meter(words, share) {
  return [
    h("meter", { min: 0, max: 1, value: share, "aria-label": words.say("confidence") }),
    " ",
    h("span", { class: "number" }, words.percent(share)),
  ];
}

/** Whose the story is: an agency by its name, an article by its outlet; else whose it may be. */
export function originName(words, origin, names) {
  const here = origin.kind === "article" && origin.article ? names.article(origin.article) : null;
  if (here) return bdi(clipped(here, 120));
  const issuer = origin.kind === "issuer" ? `${words.say("issuer")}: ` : "";
  const agency = origin.agency ?? origin.issuer?.id;
  if (agency) return [issuer, bdi(clipped(names.agency(agency), 120))];
  if (origin.name || origin.article) return [issuer, bdi(clipped(origin.name ?? origin.article, 120))];
  if (!origin.lean) return "";
  const lean = names.article(origin.lean) ?? names.outlet?.(origin.lean) ?? origin.lean;
  return [`${words.say("lean")}: `, bdi(clipped(lean, 120))];
}

export function figure(label, ...value) {
  return h("div", null, h("dt", null, label), h("dd", null, ...value));
}
