// Elements are made here and nowhere else, and words of others only ever become text nodes.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An HTML element; `on…` attributes are listeners, children are nodes or strings. */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function s(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Words of others, isolated so that their direction stays their own. */
export function bdi(words, attributes) {
  return h("bdi", { dir: "auto", ...attributes }, words);
}

export function clipped(words, limit) {
  const points = Array.from(words.slice(0, 2 * limit + 2));
  return points.length <= limit && points.join("").length === words.length
    ? words
    : points.slice(0, limit - 1).join("").trimEnd() + "…";
}
