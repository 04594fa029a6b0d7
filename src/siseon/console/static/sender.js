// Files of a new job or a model: chosen or dropped, and sent straight to the service, with what the page says of the job.
// Of a model's files the .toml is its card.
const seen = (files) => files.filter((file) => !file.name.startsWith(".")); // A folder of photos has hidden files too.
// The files of what was dropped; a folder tells of a hundred at a time, and then of none.
async function within(entry) {
  if (entry.isFile) return [await new Promise((done, failed) => entry.file(done, failed))];
  const reader = entry.createReader(), found = [];
  for (let some = [null]; some.length; found.push(...some.filter(Boolean))) some = await new Promise((done, failed) => reader.readEntries(done, failed));
  return (await Promise.all(found.map(within))).flat();
}

export default {
  template: `
    <div class="sender" :class="{ over }" @dragover.prevent="over = true" @dragleave="over = false" @drop.prevent="drop">
      <label class="button"><input ref="input" class="only-read" type="file" multiple @change="choose"><span>{{ words.choose }}</span></label>
      <label v-if="words.folder" class="button"><input ref="folder" class="only-read" type="file" webkitdirectory @change="choose"><span>{{ words.folder }}</span></label>
      <span class="dim">{{ words.drop }}</span>
      <ul v-if="files.length" class="sent-files"><li v-for="file in shown">{{ file.name }}</li><li v-if="files.length > shown.length">+ {{ files.length - shown.length }}</li></ul>
      <progress v-if="share !== null" :value="share" max="1" :aria-label="words.sending"></progress>
    </div>`,
  props: { address: String, made: String, words: Object },
  data: () => ({ files: [], over: false, share: null }),
  computed: { shown() { return this.files.slice(0, 8); } },
  methods: {
    choose(event) { this.files = seen([...event.target.files]); },
    async drop(event) {
      this.over = false;
      const dropped = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
      this.files = dropped.length ? seen((await Promise.all(dropped.map(within))).flat()) : [...event.dataTransfer.files];
    },
    send(job, needed) {
      if (needed && !this.files.length) return this.$emit("refused", { code: "empty_upload", detail: this.words.none, status: 400, ours: true });
      const form = new FormData(), request = new XMLHttpRequest();
      if (job) form.append("job", new Blob([job], { type: "application/json" }), "job.json");
      const part = (file, number) => (job ? "files" : file.name.endsWith(".toml") ? "card" : `file${number}`);
      this.files.forEach((file, number) => form.append(part(file, number), file, file.name));
      this.share = 0;
      request.upload.onprogress = (event) => { this.share = event.lengthComputable ? event.loaded / event.total : null; };
      const told = () => { try { return JSON.parse(request.responseText); } catch { return {}; } };
      request.onloadend = () => {
        this.share = null;
        const answer = told();
        if (request.status >= 200 && request.status < 300 && answer[this.made]) {
          this.files = [];
          for (const input of [this.$refs.input, this.$refs.folder]) if (input) input.value = "";
          this.$emit("sent", String(answer[this.made]));
        } else {
          const text = (value, other) => (typeof value === "string" ? value.slice(0, 2000) : other);
          this.$emit("refused", { code: text(answer.code, "stage_failed"), detail: text(answer.detail, this.words.unanswered), hint: text(answer.hint, null), retryable: answer.retryable === true, trace_id: text(answer.trace_id, null), status: request.status || 500, ours: typeof answer.detail !== "string" });
        }
      };
      request.open("POST", this.address);
      request.setRequestHeader("Accept", "application/json");
      request.send(form);
    },
  },
};
