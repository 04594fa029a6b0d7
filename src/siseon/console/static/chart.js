// A line chart. Colours come from the stylesheet, so it follows the theme; what it shows comes as values in `props`.
import { echarts } from "nicegui-echart";

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export default {
  template: "<div></div>",
  props: { lines: Array, values: Array, unit: String, every: Number, colours: Array, area: Boolean, nothing: String, ago: String, minutes: String },
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
  watch: { values() { if (this.chart) this.follow(); } },
  methods: {
    follow() { // Most of the time only the line has moved: the rest need not be drawn again.
      const { points, known } = this.extent();
      if (points !== this.drawn.points || known !== this.drawn.known) this.draw();
      else this.chart.setOption({ series: this.values.map((row) => ({ data: this.data(row, points) })) });
    },
    extent() {
      return {
        points: Math.max(1, ...this.values.map((row) => row.length)),
        known: this.values.some((row) => row.some((value) => value !== null)),
      };
    },
    data(row, points) { return row.map((value, place) => [Math.round((place - points + 1) * this.every), value]); },
    options() {
      const dim = colour("--text-dim"), line = colour("--line"), font = getComputedStyle(document.body).fontFamily;
      const { points, known } = (this.drawn = this.extent());
      const series = this.values.map((row, number) => {
        const paint = colour(`--chart-${this.colours[number]}`);
        return {
          name: this.lines[number], type: "line", showSymbol: false, connectNulls: false, animation: false,
          data: this.data(row, points),
          lineStyle: { width: 1.75, color: paint }, itemStyle: { color: paint },
          areaStyle: this.area ? { color: paint, opacity: 0.12 } : undefined,
        };
      });
      return {
        animation: false,
        textStyle: { fontFamily: font },
        grid: { left: known ? 8 : 24, right: 12, top: this.lines.length > 1 ? 30 : 14, bottom: 4, containLabel: true },
        legend: this.lines.length > 1
          ? { top: 0, left: 0, icon: "roundRect", itemWidth: 12, itemHeight: 3, textStyle: { color: dim, fontSize: 12 } }
          : undefined,
        title: known ? undefined : { text: this.nothing, left: "center", top: "middle", textStyle: { color: dim, fontSize: 13, fontWeight: 400 } },
        tooltip: {
          trigger: "axis", confine: true, renderMode: "richText", backgroundColor: colour("--surface-raised"), borderColor: line,
          textStyle: { color: colour("--text"), fontSize: 12 },
          formatter: (at) => [this.ago.replace("{seconds}", -at[0].value[0]),
            ...at.map((each) => `${each.seriesName}  ${each.value[1] ?? "–"} ${this.unit}`)].join("\n"),
        },
        xAxis: {
          type: "value", min: -Math.max(60, Math.round((points - 1) * this.every)), max: 0, interval: 60, axisLine: { lineStyle: { color: line } }, axisTick: { show: false },
          splitLine: { show: false }, axisLabel: { color: dim, fontSize: 11, formatter: (value) => (value ? this.minutes.replace("{minutes}", value / 60) : "") },
        },
        yAxis: {
          type: "value", min: 0, splitNumber: 3, axisLine: { show: false }, axisTick: { show: false }, minInterval: this.unit ? 0 : 1, splitLine: { lineStyle: { color: line } },
          axisLabel: { color: dim, fontSize: 11, formatter: (value) => `${value}${this.unit ? ` ${this.unit}` : ""}` },
        },
        series,
      };
    },
  },
};
