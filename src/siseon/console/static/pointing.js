// A picture on which points are placed by clicks, dragged, and moved by arrow keys (with Shift by ten pixels).
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const CLICK_PX = 4; // Below it nothing is dragged. A click on the rim, whose points are our own, is one beside them: marks are close to it.

export default {
  template: `<div class="pointing" :class="{ zoomed }" role="group" :aria-label="name"><div class="pointing-sheet">
    <img v-if="now" ref="picture" :src="now" alt="" draggable="false">
    <svg v-if="width" :viewBox="'0 0 ' + width + ' ' + height" @click="place" @pointermove="drag" @pointerup="drop" @pointercancel="drop">
      <polygon v-if="ring.length" class="point-ring" :points="path(ring)" :stroke-width="2 * unit"></polygon>
      <polyline v-if="needle.length" class="point-needle" :points="path(needle)" :stroke-width="3 * unit"></polyline>
      <g v-for="point in local" :key="point.part + point.number" class="point" :class="point.part" tabindex="0" role="slider"
        :aria-label="point.name" :aria-valuenow="Math.round(point.x)" aria-valuemin="0" :aria-valuemax="width"
        :aria-valuetext="Math.round(point.x) + ', ' + Math.round(point.y)" :transform="'translate(' + point.x + ' ' + point.y + ')'"
        @pointerdown.stop="grab(point, $event)" @click.stop="point.part === 'rim' && place($event)" @keydown="key(point, $event)">
        <circle class="point-hit" :r="15 * unit"></circle>
        <circle class="point-dot" :r="(point.part === 'rim' ? 4.5 : 6) * unit" :stroke-width="2 * unit"></circle>
        <path v-if="point.part === 'centre'" class="point-cross" :stroke-width="1.5 * unit" :d="'M' + -13 * unit + ' 0H' + 13 * unit + 'M0 ' + -13 * unit + 'V' + 13 * unit"></path>
        <text v-if="point.text" class="point-text" :x="10 * unit" :y="-8 * unit" :font-size="14 * unit" :stroke-width="3.5 * unit">{{ point.text }}</text>
      </g>
    </svg></div></div>`,
  props: { src: String, name: String, points: Array, heard: Number, ring: Array, needle: Array, zoomed: Boolean },
  data() {
    return { now: "", width: 0, height: 0, unit: 1, told: this.heard, local: this.points.map((point) => ({ ...point })) };
  },
  mounted() {
    this.fetch(this.src);
    this.size = new ResizeObserver(() => this.measure());
    this.size.observe(this.$el);
  },
  beforeUnmount() {
    this.size.disconnect();
    clearTimeout(this.due);
  },
  watch: {
    src(src) {
      this.fetch(src);
    },
    points: "follow",
    heard: "follow",
    zoomed() {
      this.$nextTick(() => this.measure());
    },
  },
  methods: {
    follow() { // Not where the service has not heard yet of what was moved since: it would be moved back under somebody's hands.
      if (!this.held && this.heard >= this.told) this.local = this.points.map((point) => ({ ...point }));
    },
    path: (points) => points.map((point) => point.join(",")).join(" "),
    fetch(src) { // The picture before stays until this one is here: a click must not miss.
      if (!src) return;
      const picture = new Image();
      picture.onload = async () => {
        if (src !== this.src) return;
        this.now = src;
        this.width = picture.naturalWidth;
        this.height = picture.naturalHeight;
        await this.$nextTick();
        requestAnimationFrame(() => this.measure());
        this.$emit("loaded", [this.width, this.height]);
      };
      picture.onerror = () => {
        if (src === this.src && !this.now) this.$emit("failed");
      };
      picture.src = src;
    },
    measure() {
      const wide = this.$refs.picture?.clientWidth;
      if (wide && this.width) this.unit = this.width / wide;
    },
    at(event) {
      const box = this.$refs.picture.getBoundingClientRect();
      const round = (value) => Math.round(value * 10) / 10;
      return [round(((event.clientX - box.left) / box.width) * this.width), round(((event.clientY - box.top) / box.height) * this.height)];
    },
    place(event) {
      if (this.dragged) this.dragged = false;
      else this.$emit("placed", this.at(event));
    },
    grab(point, event) {
      this.held = point;
      this.dragged = false;
      this.begun = [event.clientX, event.clientY];
      event.currentTarget.setPointerCapture?.(event.pointerId);
      event.currentTarget.focus();
    },
    drag(event) {
      if (!this.begun || (!this.dragged && Math.hypot(event.clientX - this.begun[0], event.clientY - this.begun[1]) < CLICK_PX)) return;
      [this.held.x, this.held.y] = this.at(event);
      this.dragged = true;
    },
    drop() {
      if (this.held && this.dragged) this.tell(this.held);
      this.held = this.begun = null;
      setTimeout(() => (this.dragged = false));
    },
    key(point, event) {
      const step = STEPS[event.key];
      if (!step) return;
      event.preventDefault();
      const far = event.shiftKey ? 10 : 1;
      point.x = Math.min(Math.max(point.x + step[0] * far, 0), this.width);
      point.y = Math.min(Math.max(point.y + step[1] * far, 0), this.height);
      this.held = point; // Until it is told, so that what comes meanwhile does not move it back.
      clearTimeout(this.due);
      this.due = setTimeout(() => {
        this.held = null;
        this.tell(point);
      }, 150);
    },
    tell(point) {
      this.$emit("moved", { part: point.part, number: point.number, x: point.x, y: point.y, told: ++this.told });
    },
  },
};
