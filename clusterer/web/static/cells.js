// The server's layout of a lineage, which is in cells, turned into pixels.

const CELL = { width: 244, height: 82 };
const MARGIN = 10;

/** As `arrange` in graph.js. `box` is the size of every box, `tip` the length of an arrow's tip. */
export function pixels(told, direction, box, tip) {
  const sign = direction === "rtl" ? -1 : 1;
  const corner = (column, row) => ({
    x: MARGIN + (sign > 0 ? column : told.columns - 1 - column) * CELL.width,
    y: MARGIN + row * CELL.height,
  });
  const corners = new Map(told.nodes.map((node) => [node.id, corner(node.column, node.row)]));
  const middle = ({ x, y }) => ({ x: x + box.width / 2, y: y + box.height / 2 });
  return {
    width: Math.max(told.columns - 1, 0) * CELL.width + box.width + 2 * MARGIN,
    height: Math.max(told.rows - 1, 0) * CELL.height + box.height + 2 * MARGIN,
    corners,
    strokes: told.edges.map((edge) => stroke(
      middle(corners.get(edge.from)),
      middle(corners.get(edge.to)),
      edge.via.map(([column, row]) => middle(corner(column, row))),
      { sign, half: box.width / 2, tip },
    )),
  };
}

/** From side to side, straight where it passes between other boxes. */
function stroke(giver, taker, between, { sign, half, tip }) {
  const onward = (taker.x - giver.x) * sign >= 0 ? sign : -sign;
  let { x, y } = { x: giver.x + onward * half, y: giver.y };
  let path = `M${x} ${y}`;
  for (const cell of between) {
    path += curve(x, y, cell.x - onward * half, cell.y) + `H${cell.x + onward * half}`;
    ({ x, y } = { x: cell.x + onward * half, y: cell.y });
  }
  const end = taker.x - onward * half;
  const neck = end - onward * tip;
  return {
    path: path + curve(x, y, neck, taker.y),
    tip: `M${end} ${taker.y}L${neck} ${taker.y - tip / 1.6}V${taker.y + tip / 1.6}Z`,
  };
}

function curve(x, y, toX, toY) {
  const bend = (toX - x) / 2;
  return `C${x + bend} ${y} ${toX - bend} ${toY} ${toX} ${toY}`;
}
