// NiceGUI gives every element a name (a Vue ref), and Vue keeps the name of one that is gone, with nothing in it: in a day
// that would be millions. Here they are forgotten.
const EVERY_MS = 60000;

export default {
  template: "<i hidden></i>",
  mounted() { this.timer = setInterval(() => this.forget(), EVERY_MS); },
  beforeUnmount() { clearInterval(this.timer); },
  methods: {
    forget() {
      const names = this.$root.$refs;
      for (const name in names) if (names[name] === null) delete names[name];
    },
  },
};
