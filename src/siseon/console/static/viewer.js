// A picture with what was found drawn over it: layers to show or hide, a card for what the pointer is on, a click copies.
// All words come as values and are put in as text.
const SVG = "http://www.w3.org/2000/svg";

const make = (name, attributes = {}, space = SVG) => {
  const element = space ? document.createElementNS(space, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};
const path = (rings, closed) =>
  rings.map((ring) => "M" + ring.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L") + (closed ? "Z" : "")).join("");

export default {
  template: `<div class="viewer"><img class="viewer-picture" alt=""><div class="viewer-card hidden" aria-hidden="true"></div>
    <p class="viewer-said" role="status"></p></div>`,
  props: { src: String, alt: String, scene: Object, hidden: Array, copied: String, unseen: String },
  mounted() {
    this.picture = this.$el.querySelector("img");
    this.card = this.$el.querySelector(".viewer-card");
    this.said = this.$el.querySelector(".viewer-said");
    this.picture.addEventListener("load", () => {
      this.draw();
      // On a phone the answer is below the questions.
      if (this.fresh && innerWidth <= 820) this.$el.closest(".card")?.scrollIntoView({ block: "start" });
      this.fresh = false;
    });
    this.picture.addEventListener("error", () => {
      if (!this.src) return;
      this.said.textContent = this.unseen;
      this.broken = true;
      this.draw();
    });
    this.size = new ResizeObserver(() => this.scale());
    this.size.observe(this.$el);
    this.onList = (event) => {
      const row = event.target instanceof Element ? event.target.closest("[data-thing]") : null;
      if (!row || this.$el.contains(row)) return;
      const on = event.type === "mouseover" || event.type === "focusin";
      this.light(Number(row.dataset.thing), on);
      if (event.type === "click") this.copy(Number(row.dataset.thing));
    };
    for (const type of ["mouseover", "mouseout", "focusin", "focusout", "click"]) document.addEventListener(type, this.onList);
    this.load();
  },
  beforeUnmount() {
    this.size.disconnect();
    for (const type of ["mouseover", "mouseout", "focusin", "focusout", "click"]) document.removeEventListener(type, this.onList);
  },
  watch: {
    src() { this.load(); },
    alt() { this.picture.alt = this.alt; },
    scene() { this.draw(); },
    hidden: { handler() { this.choose(); }, deep: true },
  },
  methods: {
    load() {
      this.said.textContent = "";
      this.picture.alt = this.alt ?? "";
      if (this.src) this.picture.src = this.src;
      else this.picture.removeAttribute("src");
      this.fresh = Boolean(this.src);
      this.broken = false;
      this.draw();
    },
    draw() {
      this.svg?.remove();
      this.svg = null;
      const scene = this.scene;
      // Nothing to look at: no picture, or one that neither this browser nor the service could read.
      this.$el.classList.toggle("without", !this.src || (this.broken && !scene?.width));
      if (!scene?.width) return;
      const svg = make("svg", { viewBox: `0 0 ${scene.width} ${scene.height}`, class: "viewer-marks", "aria-hidden": "true" });
      // A picture that this browser cannot show still has its size.
      this.$el.style.aspectRatio = this.picture.naturalWidth ? "" : `${scene.width} / ${scene.height}`;
      for (const shape of scene.shapes) {
        const line = shape.geometry === "line";
        const drawn = make("path", {
          d: path(shape.rings, !line), class: `mark ${shape.geometry} c-${shape.colour}`, "data-layer": shape.layer, "data-mark": shape.thing,
          "fill-rule": "evenodd", "vector-effect": "non-scaling-stroke",
        });
        drawn.addEventListener("mousemove", (event) => this.point(shape.thing, event));
        drawn.addEventListener("mouseleave", () => this.light(shape.thing, false));
        drawn.addEventListener("click", () => this.copy(shape.thing));
        svg.append(drawn);
      }
      scene.things.forEach((thing, number) => {
        if (!thing.at) return;
        const label = make("text", { x: thing.at[0], y: thing.at[1], class: `label c-${thing.colour}`, "data-layer": "labels", "data-mark": number });
        label.textContent = thing.title.length > 40 ? `${thing.title.slice(0, 39)}…` : thing.title;
        svg.append(label);
      });
      this.$el.append(svg);
      this.svg = svg;
      this.scale();
      this.choose();
    },
    scale() {
      if (!this.svg) return;
      const factor = this.scene.width / Math.max(1, this.svg.clientWidth);
      this.svg.style.setProperty("--pixel", `${factor}px`);
      for (const label of this.svg.querySelectorAll("text")) {
        const thing = this.scene.things[Number(label.dataset.mark)];
        const room = label.getComputedTextLength?.() ?? 0;
        label.setAttribute("x", Math.max(2 * factor, Math.min(thing.at[0], this.scene.width - room - 2 * factor)));
        label.setAttribute("y", Math.max(14 * factor, thing.at[1] - 5 * factor));
      }
      this.thin();
    },
    thin() {
      // A label over another would hide both: the later one is shown when its thing lights up.
      const taken = [];
      for (const label of this.svg?.querySelectorAll("text") ?? []) {
        label.classList.remove("crowded");
        const box = label.getBoundingClientRect();
        if (!box.width) continue;
        const meets = taken.some((one) => box.left < one.right && one.left < box.right && box.top < one.bottom && one.top < box.bottom);
        label.classList.toggle("crowded", meets);
        if (!meets) taken.push(box);
      }
    },
    choose() {
      const hidden = new Set(this.hidden ?? []);
      this.svg?.querySelectorAll("[data-layer]").forEach((each) => each.classList.toggle("hidden", hidden.has(each.dataset.layer)));
      this.thin();
    },
    light(number, on) {
      this.svg?.querySelectorAll(`[data-mark="${number}"]`).forEach((each) => each.classList.toggle("lit", on));
      this.svg?.classList.toggle("lighting", on);
      document.querySelectorAll(`[data-thing="${number}"]`).forEach((each) => each.classList.toggle("lit", on));
      if (!on) this.card.classList.add("hidden");
    },
    point(number, event) {
      this.light(number, true);
      const thing = this.scene.things[number];
      const title = make("strong", {}, null);
      title.textContent = thing.title;
      const facts = make("dl", { class: "facts" }, null);
      for (const [name, value] of thing.facts) {
        const dt = make("dt", {}, null), dd = make("dd", {}, null);
        dt.textContent = name;
        dd.textContent = value;
        facts.append(dt, dd);
      }
      this.card.replaceChildren(title, facts);
      this.card.classList.remove("hidden");
      const box = this.$el.getBoundingClientRect();
      const x = event.clientX - box.left + 14, y = event.clientY - box.top + 14;
      this.card.style.left = `${Math.max(0, Math.min(x, box.width - this.card.offsetWidth))}px`;
      this.card.style.top = `${Math.max(0, Math.min(y, box.height - this.card.offsetHeight))}px`;
    },
    async copy(number) {
      const text = this.scene?.things[number]?.title ?? "";
      try {
        await navigator.clipboard.writeText(text);
        this.said.textContent = `${this.copied}: ${text}`;
        setTimeout(() => (this.said.textContent = ""), 2000);
      } catch {
        // A page that is not at this machine and not encrypted has no clipboard: the text can be marked in the list.
      }
    },
  },
};
