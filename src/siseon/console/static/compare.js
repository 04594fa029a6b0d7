// A picture before and after: a slider moves the border between; regions over it are clicked, dragged, and resized by their
// corners. All words come as values and are put in as text.
const LEAST = 4;

export default {
  template: `<figure class="compare" :class="{ long: height > 2.2 * width && width > 0 }">
    <div ref="frame" class="compare-frame"><div class="compare-sheet" ref="sheet">
      <img class="compare-after" :src="after" :alt="alt" draggable="false" @load="measure" @error="broken = true">
      <img v-if="before && !lost" class="compare-before" ref="before" :src="before" alt="" draggable="false" @error="lost = true">
      <span v-if="slides" class="compare-line" ref="line" aria-hidden="true"></span>
      <svg v-if="width && regions.length" ref="marks" class="compare-marks" :viewBox="'0 0 ' + width + ' ' + height" aria-hidden="true"
        @pointermove="drag" @pointerup="drop" @pointercancel="drop">
        <polygon v-for="(region, number) in regions" :key="number" class="compare-region" :data-mark="number" :points="path(ringOf(number))"
          :class="[region.state, { chosen: number === chosen, lit: number === lit }]" @pointerdown="grab(number, 4, $event)"></polygon>
        <template v-if="chosen >= 0 && regions[chosen]">
          <g v-for="(corner, which) in ringOf(chosen).slice(0, 4)" :key="'c' + which" class="compare-corner" :transform="'translate(' + corner.join(' ') + ')'"
            @pointerdown="grab(chosen, which, $event)"><circle class="compare-hit" :r="14 * unit"></circle><circle class="compare-dot" :r="5 * unit" :stroke-width="2 * unit"></circle></g>
        </template></svg>
      <template v-if="slides"><span class="compare-name first" aria-hidden="true">{{ names.before }}</span>
        <span class="compare-name last" aria-hidden="true">{{ names.after }}</span></template>
      <p v-if="broken" class="compare-unseen">{{ names.unseen }}</p>
    </div></div>
    <div v-if="slides" class="compare-slider"><span aria-hidden="true">{{ names.before }}</span>
      <input type="range" min="0" max="100" step="1" v-model.number="share" :aria-label="names.slider" :aria-valuetext="names.before + ' ' + share + ' %'">
      <span aria-hidden="true">{{ names.after }}</span></div></figure>`,
  props: { before: String, after: String, alt: String, width: Number, height: Number, regions: Array, chosen: Number, unsaved: Boolean, names: Object },
  data: () => ({ share: 50, unit: 1, held: null, lit: -1, broken: false, lost: false }),
  computed: {
    slides() { return Boolean(this.before) && !this.lost && !this.broken; },
  },
  mounted() {
    this.size = new ResizeObserver(() => this.measure());
    this.size.observe(this.$refs.sheet);
    this.cut();
    this.onList = (event) => {
      const row = event.target instanceof Element ? event.target.closest("[data-region]") : null;
      if (row && this.regions.length) this.lit = event.type === "mouseover" ? Number(row.dataset.region) : -1;
    };
    this.onLeave = (event) => { if (this.unsaved) event.preventDefault(); };
    document.addEventListener("mouseover", this.onList);
    document.addEventListener("mouseout", this.onList);
    addEventListener("beforeunload", this.onLeave);
  },
  beforeUnmount() {
    this.size.disconnect();
    document.removeEventListener("mouseover", this.onList);
    document.removeEventListener("mouseout", this.onList);
    removeEventListener("beforeunload", this.onLeave);
  },
  watch: {
    share() { this.cut(); },
    slides() { this.$nextTick(() => this.cut()); },
    before() { this.lost = false; this.$nextTick(() => this.cut()); },
    after() { this.broken = false; },
    regions() { this.moved = null; },
    chosen(number) { this.$nextTick(() => this.seek(number)); },
  },
  methods: {
    path: (ring) => ring.map((point) => point.join(",")).join(" "),
    cut() {
      const { before, line } = this.$refs;
      if (before) before.style.clipPath = `inset(0 ${100 - this.share}% 0 0)`;
      if (line) line.style.left = `${this.share}%`;
    },
    measure() {
      const wide = this.$refs.sheet?.clientWidth;
      if (wide && this.width) this.unit = this.width / wide;
    },
    seek(number) { // Of a long picture the chosen region is scrolled to, within its own frame.
      const region = this.regions[number], frame = this.$refs.frame;
      if (!region || !frame) return;
      if (frame.scrollHeight > frame.clientHeight + 1) {
        const middle = region.ring.slice(0, 4).reduce((sum, point) => sum + point[1] / 4, 0) / this.unit;
        if (middle < frame.scrollTop || middle > frame.scrollTop + frame.clientHeight) frame.scrollTop = middle - frame.clientHeight / 2;
      }
      if (this.clicked === number) document.querySelector(`[data-region="${number}"]`)?.scrollIntoView({ block: "nearest" });
      this.clicked = -1;
    },
    ringOf(number) {
      return this.held?.number === number ? this.ring(this.held.now) : this.regions[number].ring;
    },
    placed(ring) {
      const [[x, y], right, , below] = ring;
      const w = Math.hypot(right[0] - x, right[1] - y), h = Math.hypot(below[0] - x, below[1] - y);
      return { x, y, w, h, ux: w ? (right[0] - x) / w : 1, uy: w ? (right[1] - y) / w : 0 };
    },
    ring({ x, y, w, h, ux, uy }) {
      const at = (a, b) => [x + ux * a - uy * b, y + uy * a + ux * b];
      return [at(0, 0), at(w, 0), at(w, h), at(0, h), at(0, 0)];
    },
    at(event) {
      const box = this.$refs.marks.getBoundingClientRect();
      return [((event.clientX - box.left) / box.width) * this.width, ((event.clientY - box.top) / box.height) * this.height];
    },
    grab(number, corner, event) {
      if (number !== this.chosen) {
        this.clicked = number;
        this.$emit("select", number);
        return;
      }
      event.preventDefault();
      this.$refs.marks.setPointerCapture(event.pointerId);
      const start = this.placed(this.regions[number].ring);
      this.held = { number, corner, start, now: start, from: this.at(event) };
    },
    drag(event) {
      const held = this.held;
      if (!held) return;
      const { start, corner } = held;
      let [px, py] = this.at(event);
      px = Math.min(Math.max(px, 0), this.width);
      py = Math.min(Math.max(py, 0), this.height);
      const now = { ...start };
      if (corner === 4) {
        now.x += px - held.from[0];
        now.y += py - held.from[1];
      } else {
        const dx = px - start.x, dy = py - start.y;
        let a = dx * start.ux + dy * start.uy, b = -dx * start.uy + dy * start.ux;
        const left = corner === 0 || corner === 3, top = corner < 2;
        a = left ? Math.min(a, start.w - LEAST) : Math.max(a, LEAST);
        b = top ? Math.min(b, start.h - LEAST) : Math.max(b, LEAST);
        now.w = left ? start.w - a : a;
        now.h = top ? start.h - b : b;
        now.x += (left ? a * start.ux : 0) - (top ? b * start.uy : 0);
        now.y += (left ? a * start.uy : 0) + (top ? b * start.ux : 0);
      }
      held.now = now;
    },
    drop() {
      const held = this.held;
      if (!held) return;
      const { x, y, w, h } = held.now, { start } = held;
      if (Math.hypot(x - start.x, y - start.y) + Math.abs(w - start.w) + Math.abs(h - start.h) > this.unit) {
        const round = (value) => Math.round(value * 10) / 10;
        this.regions[held.number].ring = this.ring(held.now); // Until the page says so too.
        this.$emit("moved", [held.number, round(x), round(y), round(w), round(h)]);
      }
      this.held = null;
    },
  },
};
