// The page around the component: its address, its language and its colours.

import "./story-cluster.js";

const stories = document.getElementById("stories");
const language = document.getElementById("language");
const theme = document.getElementById("theme");
const times = document.getElementById("times");
const root = document.documentElement;

/** A choice that is remembered where the browser allows it. */
const kept = {
  get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
  set: (name, value) => { try { localStorage.setItem(name, value); } catch { /* private mode */ } },
};

async function speak(code) {
  const answer = await fetch(`/v1/words/${code}`);
  const words = await answer.json();
  root.lang = code;
  root.dir = words.direction;
  document.title = words.stories;
  document.getElementById("title").textContent = words.stories;
  document.getElementById("interface").textContent = words.interface;
  document.getElementById("theme-label").textContent = words.theme;
  document.getElementById("times-label").textContent = words.times;
  for (const option of times.options) option.textContent = words[`times_${option.value}`];
  for (const option of theme.options) option.textContent = words[`theme_${option.value}`];
  stories.setAttribute("lang", code);
}

function colour(name) {
  root.dataset.theme = name;
  stories.setAttribute("theme", name);
}

function follow() {
  const [, id] = /^#\/story\/(.+)$/.exec(location.hash) ?? [];
  const wanted = id === undefined ? null : safely(id);
  if (stories.getAttribute("story") === wanted) return;
  if (wanted === null) stories.removeAttribute("story");
  else stories.setAttribute("story", wanted);
}

function safely(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

stories.addEventListener("story-change", ({ detail }) => {
  location.hash = detail.story === null ? "#/" : `#/story/${encodeURIComponent(detail.story)}`;
  scrollTo(0, 0);
});
addEventListener("hashchange", follow);
language.addEventListener("change", () => { kept.set("language", language.value); speak(language.value); });
times.addEventListener("change", () => { kept.set("times", times.value); stories.setAttribute("times", times.value); });
theme.addEventListener("change", () => { kept.set("theme", theme.value); colour(theme.value); });

const asked = new URLSearchParams(location.search).get("lang") ?? kept.get("language") ?? navigator.language.slice(0, 2);
language.value = ["en", "fa", "ar"].includes(asked) ? asked : "en";
times.value = kept.get("times") === "local" ? "local" : "utc";
stories.setAttribute("times", times.value);
theme.value = ["light", "dark"].includes(kept.get("theme")) ? kept.get("theme") : "auto";
follow();
colour(theme.value);
speak(language.value);
