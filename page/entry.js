// What the page takes from npm: the layout of graphs, scales of time, smooth lines.

export { Graph, layout } from "@dagrejs/dagre";
export { scaleTime, scaleUtc } from "d3-scale";
export { curveBumpX, curveBumpY, line } from "d3-shape";
