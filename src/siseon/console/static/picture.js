// The live picture of a stream. A browser opens six connections to one place: all pictures of a page come over one
// WebSocket, only those of streams that are in sight, and none while the page is hidden or nothing is shown.
const PLACE = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/console/api/v1/streams/tiles`;
const MOST = 100; // Streams over one connection.

const shown = new Set();
let socket = null, asked = "", pause = 500, due = 0;

function wanted() {
  const seen = document.hidden ? [] : [...shown].filter((each) => each.inSight);
  if (!seen.length) return null;
  const streams = [...new Set(seen.map((each) => each.stream))].sort().slice(0, MOST);
  return { streams, width: Math.max(...seen.map((each) => each.width)), fps: Math.max(...seen.map((each) => each.fps)), drawn: seen.every((each) => each.drawn) };
}

function soon(wait = 80) {
  clearTimeout(due);
  due = setTimeout(ask, wait);
}

function ask() {
  const order = wanted();
  if (!order) {
    if (socket?.readyState === WebSocket.OPEN) socket.close(); // One that is not yet comes here when it is: else a browser complains.
    return;
  }
  if (!socket) open();
  const told = JSON.stringify(order);
  if (socket.readyState === WebSocket.OPEN && told !== asked) {
    socket.send(told);
    asked = told;
  }
}

function open() {
  const opened = (socket = new WebSocket(PLACE));
  opened.binaryType = "arraybuffer";
  opened.onopen = () => {
    pause = 500;
    ask();
  };
  opened.onmessage = ({ data }) => (typeof data === "string" ? failed(JSON.parse(data)) : came(new Uint8Array(data)));
  opened.onclose = () => {
    socket = null;
    asked = "";
    for (const each of shown) each.clear(); // No frozen picture.
    if (wanted()) soon((pause = Math.min(pause * 2, 10000)));
  };
}

function came(bytes) {
  const end = bytes.indexOf(10);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  for (const each of shown) {
    if (each.stream !== head.stream || !each.inSight) continue;
    if (head.state === "live") each.show(new Blob([bytes.subarray(end + 1)], { type: "image/jpeg" }));
    else each.clear();
  }
}

function failed(told) {
  for (const each of shown) if (told.stream === null || each.stream === told.stream) each.clear();
  asked = ""; // A stream that was added a moment ago, or begins anew: it is asked for again.
  soon(3000);
}

document.addEventListener("visibilitychange", () => soon());

// Drawn on a canvas: a browser keeps hundreds of megabytes of pictures that came one after the other to one `img`.
export default {
  template: `<div class="live-picture" :class="{ empty: !there }"><canvas v-if="there" ref="sheet" role="img" :aria-label="alt"></canvas><slot v-else></slot></div>`,
  props: { stream: String, alt: String, width: Number, fps: Number, drawn: Boolean },
  watch: {
    drawn(drawn) {
      this.entry.drawn = drawn;
      soon();
    },
  },
  data: () => ({ there: false }),
  mounted() {
    this.entry = {
      stream: this.stream, width: this.width, fps: this.fps, drawn: this.drawn, inSight: false,
      show: (blob) => { if (!this.drawing) this.draw(blob); }, // Else the one before is not drawn yet.
      clear: () => { this.there = this.drawing = false; },
    };
    shown.add(this.entry);
    this.watcher = new IntersectionObserver((seen) => { // On a busy machine several come at once, the newest last.
      this.entry.inSight = seen.at(-1).isIntersecting;
      soon();
    });
    this.watcher.observe(this.$el);
  },
  beforeUnmount() {
    this.watcher.disconnect();
    shown.delete(this.entry);
    this.entry.clear();
    soon();
  },
  methods: {
    async draw(blob) {
      const mine = (this.drawing = {});
      try {
        const bitmap = await createImageBitmap(blob);
        if (this.drawing === mine) this.there = true;
        await this.$nextTick();
        const sheet = this.drawing === mine ? this.$refs.sheet : null; // It was cleared meanwhile: no frozen picture.
        if (!sheet) return bitmap.close();
        if (sheet.width !== bitmap.width) sheet.width = bitmap.width;
        if (sheet.height !== bitmap.height) sheet.height = bitmap.height;
        sheet.getContext("bitmaprenderer").transferFromImageBitmap(bitmap);
      } catch { // No picture: the one before stays until the next one.
      } finally {
        if (this.drawing === mine) this.drawing = false;
      }
    },
  },
};
