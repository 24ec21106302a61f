// The charts of the office: each is drawn from the table beside it, which stays for those who do not see a drawing.

const { library } = document.getElementById("charts").dataset;
const HEIGHT = 220;
const COLOURS = ["--ripe", "--leaf"];
const WHOLE_STEPS = Array.from({ length: 24 }, (_, place) => [1, 2, 5][place % 3] * 10 ** Math.floor(place / 3));
const dark = matchMedia("(prefers-color-scheme: dark)");

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// Row by row: the label, and the values in the chart's unit.
function read(figure) {
  const table = figure.querySelector("table");
  const scale = Number(figure.dataset.scale);
  const rows = [...table.tBodies[0].rows];
  const names = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  const labels = rows.map((row) => row.cells[0].textContent);
  const values = names.map((_, column) => rows.map((row) => Number(row.cells[column + 1].dataset.value) / scale));
  return { names, labels, values };
}

function series(uPlot, kind, names) {
  const bars = (place) => uPlot.paths.bars({ size: [0.7 / names.length, 48], align: names.length === 1 ? 0 : place ? 1 : -1 });
  return names.map((label, place) => {
    const stroke = token(COLOURS[place]);
    if (kind === "bars") return { label, stroke, fill: stroke, paths: bars(place), points: { show: false } };
    return { label, stroke, width: 2, points: { show: true, size: 6, fill: stroke } };
  });
}

function draw(uPlot, figure) {
  const here = figure.querySelector(".chart-here");
  if (!here) return;
  const { names, labels, values } = read(figure);
  const axis = { stroke: token("--ink-soft"), grid: { stroke: token("--line"), width: 1 }, ticks: { show: false }, font: "12px system-ui" };
  const options = {
    width: here.clientWidth || figure.clientWidth,
    height: HEIGHT,
    scales: { x: { time: false, range: () => [-0.5, labels.length - 0.5] }, y: { range: (_, low, high) => [0, Math.max(1, high * 1.1)] } },
    axes: [
      { ...axis, size: 32, grid: { show: false }, incrs: [1, 2, 4, 7], values: (_, places) => places.map((place) => labels[place] ?? "") },
      { ...axis, size: 64, incrs: WHOLE_STEPS },
    ],
    legend: { show: names.length > 1, live: false },
    cursor: { show: false },
    series: [{}, ...series(uPlot, figure.dataset.kind, names)],
  };
  here.replaceChildren();
  here.dataset.drawn = "";
  const chart = new uPlot(options, [labels.map((_, place) => place), ...values], here);
  new ResizeObserver(() => chart.setSize({ width: here.clientWidth, height: HEIGHT })).observe(here);
}

const { default: uPlot } = await import(library);
function drawAll() {
  for (const figure of document.querySelectorAll("figure.chart")) draw(uPlot, figure);
}
drawAll();
dark.addEventListener("change", drawAll);
