// The video of a job of people, and below it a lane for each of them. The cursor follows the video, and a click or a key on
// the timeline moves the video; without a video the cursor moves alone. All texts become text nodes.
const KEYS = { ArrowLeft: -1000, ArrowRight: 1000, ArrowDown: -1000, ArrowUp: 1000, PageDown: -60000, PageUp: 60000 };
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
const TOLD_MS = 1000; // While it plays, the page is told where it is this often.
const LABEL_PIXELS = 36; // Less has room for no word: the legend and the tooltip say it.
const LANES = ["postures", "beside", "faces"];

export default {
  template: `
    <div class="cast" :class="{ narrow: !src }">
      <video v-if="src" ref="video" class="result-video" controls playsinline preload="metadata" :src="src" :aria-label="words.video"
        @loadedmetadata="resume" @timeupdate="follow" @seeking="follow" @seeked="follow" @pause="follow" @play="run" @error="lost"></video>
      <p v-else class="dim small">{{ words.no_video }}</p>
      <p v-if="broken" class="error-line" role="alert">{{ words.broken }}</p>
      <div class="cast-sheet" @pointermove="over = where($event)" @pointerleave="over = null">
        <span class="cast-at">{{ clock(at, true) }}</span>
        <div ref="ruler" class="cast-ruler" role="slider" tabindex="0" :aria-label="words.time" aria-valuemin="0" :aria-valuemax="duration"
          :aria-valuenow="Math.round(at)" :aria-valuetext="said" @pointerdown="grab" @pointermove="drag" @keydown="key">
          <span v-for="tick in ticks" class="cast-tick" :style="{ left: share(tick) }"><span>{{ clock(tick) }}</span></span>
        </div>
        <template v-for="row in rows" :key="row.id">
          <button type="button" class="cast-name" :class="{ chosen: row.id === chosen }" :aria-pressed="row.id === chosen" :title="row.name"
            @click="$emit('chosen', row.id)"><span class="cast-number">{{ row.id }}</span><span class="cast-called">{{ row.name }}</span>
            <span v-if="row.role" class="cast-role">{{ row.role }}</span></button>
          <div class="cast-lanes" :class="{ chosen: row.id === chosen, faces: row.faces.length }" role="img" :aria-label="row.said" @click="go($event, row.id)">
            <span v-for="span in row.seen" class="cast-seen" :style="place(span)"></span>
            <template v-for="lane in lanes">
              <span v-for="span in row[lane]" class="cast-span" :class="[lane, 'act-' + span[2]]" :style="place(span)" :title="told(span)">{{ label(span) }}</span>
            </template>
          </div>
        </template>
        <div class="cast-over" aria-hidden="true"><span v-if="inside(at)" class="cast-cursor" :style="{ left: share(at) }"></span>
          <span v-if="over !== null" class="cast-hair" :style="{ left: share(over) }"><span>{{ clock(over, true) }}</span></span></div>
      </div>
    </div>`,
  props: { src: String, rows: Array, begin: Number, end: Number, duration: Number, chosen: Number, words: Object },
  data: () => ({ at: 0, over: null, broken: false, lanes: LANES, pixels: 0 }),
  computed: {
    ticks() {
      const wide = (this.end - this.begin) / 1000, step = STEPS.find((each) => wide / each <= 8) ?? Math.ceil(wide / 8 / 3600) * 3600;
      const first = Math.ceil(this.begin / 1000 / step) * step, ticks = [];
      for (let second = first; second * 1000 <= this.end && ticks.length < 12; second += step) ticks.push(second * 1000);
      return ticks;
    },
    said() { return this.words.of.replace("{at}", this.clock(this.at, true)).replace("{all}", this.clock(this.duration)); },
  },
  watch: { src() { this.broken = false; } },
  mounted() {
    this.size = new ResizeObserver(() => { this.pixels = this.$refs.ruler?.clientWidth ?? 0; });
    this.size.observe(this.$refs.ruler);
  },
  beforeUnmount() {
    this.size.disconnect();
    cancelAnimationFrame(this.frame);
  },
  methods: {
    clock(ms, exactly) {
      const tenths = Math.floor(ms / 100), seconds = Math.floor(tenths / 10), two = (number) => String(number).padStart(2, "0");
      const hours = Math.floor(seconds / 3600), minutes = Math.floor(seconds / 60) % 60;
      return (hours ? `${hours}:${two(minutes)}` : `${minutes}`) + `:${two(seconds % 60)}` + (exactly ? `.${tenths % 10}` : "");
    },
    share(ms) { return `${((ms - this.begin) / Math.max(1, this.end - this.begin)) * 100}%`; },
    inside(ms) { return ms >= this.begin && ms <= this.end; },
    place(span) { return { left: this.share(span[0]), width: `max(2px, ${((span[1] - span[0]) / Math.max(1, this.end - this.begin)) * 100}%)` }; },
    label(span) {
      const room = ((span[1] - span[0]) / Math.max(1, this.end - this.begin)) * this.pixels;
      return room < LABEL_PIXELS ? "" : this.words.names[span[2]] ?? span[2];
    },
    told(span) { return `${this.words.names[span[2]] ?? span[2]} ${span[3]} ${this.clock(span[0], true)} – ${this.clock(span[1], true)}`.replace("  ", " "); },
    where(event) {
      const box = this.$refs.ruler.getBoundingClientRect(), share = (event.clientX - box.left) / Math.max(1, box.width);
      return share < 0 || share > 1 ? null : Math.round(this.begin + share * (this.end - this.begin));
    },
    go(event, person) {
      const to = this.where(event);
      if (to !== null) this.seek(to);
      this.$emit("chosen", person);
    },
    grab(event) {
      this.$refs.ruler.setPointerCapture(event.pointerId);
      this.drag(event);
    },
    drag(event) {
      if (!(event.buttons & 1)) return;
      const to = this.where(event);
      if (to !== null) this.seek(to);
    },
    key(event) {
      const step = KEYS[event.key], fine = event.shiftKey ? 10 : event.altKey ? 0.2 : 1;
      if (event.key === "Home") this.seek(0);
      else if (event.key === "End") this.seek(this.duration);
      else if (event.key === " " && this.$refs.video) this.$refs.video.paused ? this.$refs.video.play() : this.$refs.video.pause();
      else if (step) this.seek(this.at + step * fine);
      else return;
      event.preventDefault();
    },
    seek(ms) {
      const to = Math.min(Math.max(Math.round(ms), 0), this.duration), video = this.$refs.video;
      if (video && video.readyState > 0) video.currentTime = to / 1000;
      this.show(to, true);
    },
    show(ms, now) {
      this.at = ms;
      const told = Math.round(ms);
      if (told === this.last || (!now && Math.abs(told - (this.last ?? -TOLD_MS)) < TOLD_MS)) return;
      this.last = told;
      this.$emit("at", told);
    },
    follow() {
      const video = this.$refs.video;
      if (video && video.readyState > 0) this.show(Math.min(video.currentTime * 1000, this.duration), video.paused);
    },
    run() {
      const each = () => {
        const video = this.$refs.video;
        if (!video || video.paused || video.ended) return;
        this.at = Math.min(video.currentTime * 1000, this.duration);
        this.frame = requestAnimationFrame(each);
      };
      each();
    },
    resume() { if (this.at > 0) this.$refs.video.currentTime = this.at / 1000; }, // Another video of the same: stay where we are.
    lost() { this.broken = true; },
  },
};
