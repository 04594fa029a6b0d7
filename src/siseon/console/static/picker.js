// Takes one picture: dropped, pasted, chosen or photographed. It stays in the browser until it is sent, over HTTP.
export default {
  template: `<div class="picker" :class="{ over }" @dragenter.prevent="over = true" @dragover.prevent="over = true"
      @dragleave.prevent="over = false" @drop.prevent="drop">
    <svg class="icon large" aria-hidden="true" focusable="false"><use :href="icons + '#upload'"></use></svg>
    <p class="picker-words"><strong>{{ words.drop }}</strong><span class="dim">{{ words.paste }}</span></p>
    <div class="picker-ways">
      <button type="button" class="button primary" @click="$refs.file.click()"><span>{{ words.choose }}</span></button>
      <button type="button" class="button photo" @click="$refs.camera.click()">
        <svg class="icon" aria-hidden="true" focusable="false"><use :href="icons + '#camera'"></use></svg><span>{{ words.photo }}</span></button>
      <input ref="file" hidden type="file" accept="image/*" @change="chosen">
      <input ref="camera" hidden type="file" accept="image/*" capture="environment" @change="chosen">
    </div></div>`,
  props: { words: Object, icons: String, address: String },
  data: () => ({ over: false }),
  mounted() {
    this.onPaste = (event) => {
      const file = [...(event.clipboardData?.files ?? [])].find((each) => each.type.startsWith("image/"));
      if (file) this.take(file);
    };
    document.addEventListener("paste", this.onPaste);
  },
  beforeUnmount() {
    document.removeEventListener("paste", this.onPaste);
    if (this.url) URL.revokeObjectURL(this.url);
  },
  methods: {
    chosen(event) {
      if (event.target.files[0]) this.take(event.target.files[0]);
      event.target.value = "";
    },
    drop(event) {
      this.over = false;
      if (event.dataTransfer.files[0]) this.take(event.dataTransfer.files[0]);
    },
    take(file) {
      if (this.url) URL.revokeObjectURL(this.url);
      this.file = file;
      this.url = URL.createObjectURL(file);
      this.$emit("picked", { url: this.url, name: file.name, size: file.size });
    },
    async example(address) {
      const answer = await fetch(address);
      const name = address.split("/").pop();
      this.take(new File([await answer.blob()], name, { type: answer.headers.get("content-type") ?? "" }));
    },
    async send() {
      if (!this.file) return;
      try {
        const answer = await fetch(this.address, {
          method: "POST", body: this.file,
          headers: { "Content-Type": this.file.type || "application/octet-stream", "X-File-Name": encodeURIComponent(this.file.name) },
        });
        if (!answer.ok) this.$emit("refused", await answer.json());
      } catch (error) {
        this.$emit("refused", { code: "file_unreadable", detail: String(error), status: 400 });
      }
    },
  },
};
