// A chart over a span of time: a value stands until the next one, a gap is a gap, limits are lines across.
import { echarts } from "nicegui-echart";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export default {
  template: "<div></div>",
  props: { lines: Array, limits: Array, begin: Number, end: Number, nothing: String },
  mounted() {
    this.chart = echarts.init(this.$el, null, { renderer: "svg" });
    this.size = new ResizeObserver(() => this.chart.resize());
    this.size.observe(this.$el);
    this.draw = () => this.chart.setOption(this.options(), { notMerge: true });
    this.theme = new MutationObserver(this.draw);
    this.theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    this.system = matchMedia("(prefers-color-scheme: dark)");
    this.system.addEventListener("change", this.draw);
    this.draw();
  },
  beforeUnmount() {
    this.size.disconnect();
    this.theme.disconnect();
    this.system.removeEventListener("change", this.draw);
    this.chart.dispose();
  },
  watch: { lines() { this.draw?.(); }, limits() { this.draw?.(); }, end() { this.draw?.(); } },
  methods: {
    options() {
      const dim = colour("--text-dim"), line = colour("--line"), font = getComputedStyle(document.body).fontFamily;
      const known = this.lines.some((each) => each.points.some((point) => point[1] !== null));
      const unit = this.lines[0]?.unit ?? "";
      const limit = (each) => ({
        yAxis: each.value, name: each.name,
        lineStyle: { color: colour("--bad"), type: "dashed", width: 1.25 },
        label: { formatter: () => `${each.name} ${each.value}`, position: "insideStartTop", color: colour("--bad"), fontSize: 11 },
      });
      const series = this.lines.map((each, number) => {
        const paint = colour(`--chart-${(number % 6) + 1}`);
        return {
          name: each.name, type: "line", step: "end", connectNulls: false, animation: false, data: each.points,
          showSymbol: each.points.length < 3, symbolSize: 5,
          lineStyle: { width: 1.75, color: paint }, itemStyle: { color: paint },
          areaStyle: this.lines.length === 1 ? { color: paint, opacity: 0.1, origin: "start" } : undefined,
          markLine: number === 0 && this.limits.length
            ? { silent: true, symbol: "none", animation: false, data: this.limits.map(limit) } : undefined,
        };
      });
      const values = this.lines.flatMap((each) => each.points.map((point) => point[1])).filter((value) => value !== null);
      const all = values.concat(this.limits.map((each) => each.value));
      const extent = Math.max(...all) - Math.min(...all) || Math.abs(all[0]) || 1;
      const step = 10 ** Math.floor(Math.log10(extent)) / 2; // So that the limits are in sight, and its ends round.
      return {
        animation: false,
        textStyle: { fontFamily: font },
        grid: { left: 8, right: 16, top: this.lines.length > 1 ? 30 : 16, bottom: 4, containLabel: true },
        legend: this.lines.length > 1
          ? { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 3, textStyle: { color: dim, fontSize: 12 } } : undefined,
        title: known ? undefined
          : { text: this.nothing, left: "center", top: "middle", textStyle: { color: dim, fontSize: 13, fontWeight: 400 } },
        tooltip: {
          trigger: "axis", confine: true, renderMode: "richText", backgroundColor: colour("--surface-raised"), borderColor: line,
          textStyle: { color: colour("--text"), fontSize: 12 },
          formatter: (at) => [new Date(at[0].value[0]).toLocaleString(document.documentElement.lang),
            ...at.map((each) => `${each.seriesName}  ${each.value[1] ?? "–"} ${unit}`)].join("\n"),
        },
        xAxis: {
          type: "time", min: this.begin || undefined, max: this.end || undefined, splitNumber: 5, axisLine: { lineStyle: { color: line } },
          axisTick: { show: false }, splitLine: { show: false }, axisLabel: { color: dim, fontSize: 11, hideOverlap: true },
        },
        yAxis: {
          type: "value", scale: true, splitNumber: 4, axisLine: { show: false }, axisTick: { show: false },
          min: all.length ? Math.floor(Math.min(...all) / step) * step : undefined,
          max: all.length ? Math.ceil(Math.max(...all) / step) * step : undefined,
          splitLine: { lineStyle: { color: line } },
          axisLabel: { color: dim, fontSize: 11, formatter: (value) => `${+value.toPrecision(6)}${unit ? ` ${unit}` : ""}` },
        },
        series,
      };
    },
  },
};
