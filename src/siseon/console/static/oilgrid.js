// Which lines of longitude and latitude a view of the map shows, and where their labels stand. `view` is left, top, right
// and bottom of what is seen, in metres.
const LINES = 9, ROOM_PX = [74, 20], EDGE_PX = { left: 36, right: 120, top: 12, bottom: 34 };

// Where a parallel meets the left edge, and a meridian the lower one.
const cuts = (line, [x, y, right, bottom]) => {
  const along = line.kind === "lat" ? 0 : 1, edge = along ? bottom : x, [least, most] = along ? [x, right] : [y, bottom];
  const found = [];
  for (let n = 1; n < line.points.length; n++) {
    const a = line.points[n - 1], b = line.points[n];
    if ((a[along] - edge) * (b[along] - edge) > 0 || a[along] === b[along]) continue;
    const other = a[1 - along] + ((b[1 - along] - a[1 - along]) * (edge - a[along])) / (b[along] - a[along]);
    if (other >= least && other <= most) found.push(along ? [other, edge] : [edge, other]);
  }
  return found;
};

const seen = (line, view) =>
  line.points.some(([x, y]) => x >= view[0] && x <= view[2] && y >= view[1] && y <= view[3]) || cuts(line, view).length > 0;

// The finest level of which there are not too many lines.
export const levelFor = (levels, view) => {
  const fits = (level) => ["lon", "lat"].every((kind) => level.filter((line) => line.kind === kind && seen(line, view)).length <= LINES);
  return [...levels].reverse().find(fits) ?? levels[0] ?? [];
};

// Labels in pixels of the view; none over another, or over what stands in the map's corners.
export const labelsOf = (level, view, pixel) => {
  const width = (view[2] - view[0]) / pixel, height = (view[3] - view[1]) / pixel, placed = [];
  for (const line of level) {
    for (const [a, b] of cuts(line, view)) {
      const x = (a - view[0]) / pixel, y = (b - view[1]) / pixel;
      const inside = line.kind === "lon" ? x > EDGE_PX.left && x < width - EDGE_PX.right : y > EDGE_PX.top && y < height - EDGE_PX.bottom;
      const meets = placed.some((one) => Math.abs(one.x - x) < ROOM_PX[0] && Math.abs(one.y - y) < ROOM_PX[1]);
      if (inside && !meets) placed.push({ kind: line.kind, text: line.label, x, y });
    }
  }
  return placed;
};
