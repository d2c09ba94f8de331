// Run in the page: what is wrong with the layouts of many graphs, some with circles.
async () => {
  const { arrange, BOX } = await import("/static/graph.js");
  let seed = 7;
  const chance = (below) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  const wrong = [];
  for (let turn = 0; turn < 40; turn += 1) {
    const nodes = Array.from({ length: 1 + chance(14) }, (_, place) => ({ id: `n${place}`, column: place, row: 0 }));
    const edges = [];
    for (let left = chance(20); left > 0; left -= 1) {
      const [from, to] = [`n${chance(nodes.length)}`, `n${chance(nodes.length)}`];
      if (from !== to) edges.push({ from, to, kind: "copy", via: [] });
    }
    const told = { nodes, edges, columns: nodes.length, rows: 1 };
    for (const [direction, room] of [["ltr", 9000], ["rtl", 9000], ["rtl", 300]]) {
      const { width, height, corners, strokes } = arrange(told, direction, room);
      const at = [...corners.values()];
      const apart = (a, b) => Math.abs(a.x - b.x) >= BOX.width || Math.abs(a.y - b.y) >= BOX.height;
      if (at.some(({ x, y }) => !(x >= 0 && y >= 0 && x + BOX.width <= width && y + BOX.height <= height))) wrong.push([turn, "outside"]);
      if (at.some((a, place) => at.slice(place + 1).some((b) => !apart(a, b)))) wrong.push([turn, "overlap"]);
      if (corners.size !== nodes.length || strokes.length !== edges.length) wrong.push([turn, "lost"]);
      if (strokes.some(({ path, tip }) => /NaN|undefined|null/.test(path + tip))) wrong.push([turn, "broken line"]);
    }
  }
  return wrong;
}
