// How far a job's conclusion is, told by the job's own events: read with the number of the last one, as EventSource cannot.
const AGAIN_MS = 3000;

export default {
  template: `<div class="rendering" role="status"><p>{{ text }}</p><progress :value="share ?? undefined" max="1" :aria-label="name"></progress></div>`,
  props: { address: String, after: Number, name: String, sentence: String, waiting: String, steps: Object },
  data: () => ({ text: "", share: null }),
  mounted() {
    this.text = this.waiting;
    this.stop = new AbortController();
    this.follow(this.after);
  },
  beforeUnmount() { this.stop.abort(); },
  methods: {
    async follow(after) {
      let last = after;
      while (!this.stop.signal.aborted) {
        try {
          const answer = await fetch(this.address, { headers: { "Last-Event-ID": String(last) }, signal: this.stop.signal });
          if (answer.status !== 200) return;
          const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
          let rest = "";
          for (let part = await reader.read(); !part.done; part = await reader.read()) {
            const blocks = (rest + part.value).split("\n\n");
            rest = blocks.pop();
            for (const block of blocks) last = this.hear(block) ?? last;
          }
        } catch { /* the page is left, or the service begins again: ask later */ }
        await new Promise((done) => setTimeout(done, AGAIN_MS));
      }
    },
    hear(block) {
      const line = block.split("\n").find((each) => each.startsWith("data: "));
      if (!line) return null;
      const event = JSON.parse(line.slice(6)), step = event.kind === "concluding" ? event.data.steps[0] : null;
      if (step) {
        this.share = step.total ? step.done / step.total : null;
        const told = { step: this.steps[step.name] ?? step.name, done: step.done, total: step.total ?? "–" };
        this.text = this.sentence.replace(/\{(step|done|total)\}/g, (_, key) => told[key]);
      }
      return event.id;
    },
  },
};
