// The map of a flight: slicks, what frames show, cameras, lines of longitude and latitude. Moved by mouse, touch and keys.
// Layers are shown or hidden here, without the service. Elements on the page with `data-mapped` light up their thing.
// All words come as values and are put in as text.
import { labelsOf, levelFor } from "oilgrid";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 1.12, STEP = 1.5, DEEPEST_M = 10, CLICK_PX = 5, SMALL_PX = 16, BAR_PX = 130;
const EVENTS = ["mouseover", "mouseout", "focusin", "focusout", "click"];

const make = (name, attributes = {}, text = null, space = null) => {
  const element = space ? document.createElementNS(space, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== null) element.textContent = text;
  return element;
};
const draw = (name, attributes, text = null) => make(name, attributes, text, SVG);

export default {
  template: `<div class="oil-map">
    <div class="oil-view" tabindex="0" role="group"><svg aria-hidden="true"></svg>
      <div class="oil-labels" aria-hidden="true"></div><div class="oil-bar" aria-hidden="true"><i></i><span></span></div>
      <div class="oil-north" aria-hidden="true"><i></i><span></span></div>
      <div class="viewer-card hidden" aria-hidden="true"></div></div>
    <div class="oil-buttons"></div><p class="only-read" role="status"></p></div>`,
  props: { sheet: Object, words: Object },
  emits: ["chosen"],
  mounted() {
    const find = (selector) => this.$el.querySelector(selector);
    Object.assign(this, { view: find(".oil-view"), svg: find("svg"), labels: find(".oil-labels"), bar: find(".oil-bar") });
    Object.assign(this, { card: find(".viewer-card"), said: find("[role=status]"), fingers: new Map() });
    this.view.setAttribute("aria-label", this.words.name);
    this.view.setAttribute("aria-description", this.words.hint);
    find(".oil-north span").textContent = this.words.north;
    for (const [sign, name, act] of [["+", "closer", () => this.zoom(1 / STEP)], ["−", "farther", () => this.zoom(STEP)], ["⤢", "whole", () => this.fit()]]) {
      const button = make("button", { type: "button", class: "button", "aria-label": this.words[name], title: this.words[name] }, sign);
      button.addEventListener("click", act);
      find(".oil-buttons").append(button);
    }
    this.listen();
    this.build();
    this.size = new ResizeObserver(() => (this.at ? this.place() : this.fit()));
    this.size.observe(this.view);
  },
  beforeUnmount() {
    this.size.disconnect();
    for (const type of EVENTS) document.removeEventListener(type, this.onPage);
    document.removeEventListener("change", this.onLayer);
  },
  watch: {
    // A map that grows. Who has zoomed in stays where he is; frames keep their keys, slicks do not.
    sheet() {
      const at = this.at && this.at.pixel < this.whole * 0.99 ? this.at : null;
      if (this.lit) this.light(this.lit, false);
      if (this.chosen?.startsWith("s")) this.chosen = null;
      this.build();
      this.fit();
      if (at) Object.assign(this, { at }).place();
      this.layers();
    },
    words() { this.view.setAttribute("aria-label", this.words.name); },
  },
  methods: {
    listen() {
      this.onPage = (event) => {
        const row = event.target instanceof Element ? event.target.closest("[data-mapped]") : null;
        if (!row || this.$el.contains(row)) return;
        if (event.type === "click") return event.target.closest("button, a") && this.go(row.dataset.mapped);
        this.light(row.dataset.mapped, event.type === "mouseover" || event.type === "focusin");
      };
      for (const type of EVENTS) document.addEventListener(type, this.onPage);
      this.onLayer = (event) => {
        if (event.target instanceof HTMLInputElement && event.target.dataset.layer) this.layers();
      };
      document.addEventListener("change", this.onLayer);
      this.view.addEventListener("wheel", (event) => {
        // A page that is scrolled by must not be caught: the map takes the wheel with Ctrl, or once it has been chosen.
        if (!event.ctrlKey && document.activeElement !== this.view) return;
        event.preventDefault();
        this.zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, this.metres(event));
      }, { passive: false });
      this.view.addEventListener("keydown", (event) => this.key(event));
      this.view.addEventListener("pointerdown", (event) => this.down(event));
      this.view.addEventListener("pointermove", (event) => this.move(event));
      for (const type of ["pointerup", "pointercancel"]) this.view.addEventListener(type, (event) => this.up(event));
      this.view.addEventListener("blur", () => this.light(this.focused, false));
    },
    build() {
      this.things = new Map();
      this.at = null;
      const { slicks, frames, course } = this.sheet;
      const lines = draw("g", { class: "oil-grid", "data-in": "grid" });
      const under = draw("g", { "data-in": "footprints" }), over = draw("g"), points = draw("g", { "data-in": "cameras" });
      this.ring = draw("circle", { class: "oil-ring hidden", "vector-effect": "non-scaling-stroke" });
      if (course) points.append(draw("path", { d: course, class: "oil-course", "vector-effect": "non-scaling-stroke" }));
      const put = (group, thing, name, attributes) => {
        const shape = draw(name, { ...attributes, "vector-effect": "non-scaling-stroke", "data-mark": thing.key });
        shape.addEventListener("pointermove", (event) => this.fingers.size || event.pointerType === "touch" || this.point(thing, event));
        // A finger leaves as soon as it is lifted: what it has touched stays told until the next touch.
        shape.addEventListener("pointerleave", (event) => event.pointerType === "touch" || this.light(thing.key, false));
        group.append(shape);
        (thing.marks ??= []).push(shape);
      };
      const dashed = (thing) => (thing.dashed ? " dashed" : "");
      for (const frame of frames) {
        const thing = { ...frame };
        this.things.set(thing.key, thing);
        put(under, thing, "path", { d: frame.path, class: `oil-frame${dashed(frame)}` });
        if (frame.camera) put(points, thing, "path", { d: `M${frame.camera[0]} ${frame.camera[1]}h0`, class: "oil-camera" });
      }
      for (const slick of [...slicks].reverse()) {
        const thing = { ...slick };
        this.things.set(thing.key, thing);
        put(over, thing, "path", { d: slick.path, class: `oil-slick look-${slick.look}${dashed(slick)}`, "fill-rule": "evenodd", "data-in": slick.look });
      }
      this.order = [...slicks, ...frames].map((one) => one.key);
      this.grid = lines;
      this.level = null;
      this.svg.replaceChildren(lines, under, over, points, this.ring);
      this.mark();
    },
    // Where the map is looked at: left, top and metres of a pixel.
    fit() {
      const { clientWidth: width, clientHeight: height } = this.view;
      if (!width || !height) return;
      const [left, top, right, bottom] = this.sheet.box;
      const pixel = Math.max((right - left) / width, (bottom - top) / height, DEEPEST_M / width) * MARGIN;
      this.most = pixel * 1.6;
      this.whole = pixel;
      this.at = { x: (left + right) / 2 - (width / 2) * pixel, y: (top + bottom) / 2 - (height / 2) * pixel, pixel };
      this.place();
    },
    zoom(factor, about = null) {
      if (!this.at) return;
      const { clientWidth: width, clientHeight: height } = this.view;
      const middle = about ?? [this.at.x + (width / 2) * this.at.pixel, this.at.y + (height / 2) * this.at.pixel];
      const pixel = Math.min(Math.max(this.at.pixel * factor, DEEPEST_M / width), this.most);
      const by = pixel / this.at.pixel;
      this.at = { x: middle[0] - (middle[0] - this.at.x) * by, y: middle[1] - (middle[1] - this.at.y) * by, pixel };
      this.place();
    },
    pan(right, down) {
      if (!this.at) return;
      const [left, top, east, south] = this.sheet.box;
      const { clientWidth: width, clientHeight: height } = this.view;
      const { pixel } = this.at;
      // Its middle stays over the map.
      const hold = (value, least, most) => Math.min(Math.max(value, least), most);
      this.at.x = hold(this.at.x + right * pixel, left - (width / 2) * pixel, east - (width / 2) * pixel);
      this.at.y = hold(this.at.y + down * pixel, top - (height / 2) * pixel, south - (height / 2) * pixel);
      this.place();
    },
    go(key) {
      const thing = this.things.get(key);
      if (!thing || !this.at) return;
      const { clientWidth: width, clientHeight: height } = this.view;
      const [left, top, right, bottom] = thing.box;
      const inside = left >= this.at.x && top >= this.at.y && right <= this.at.x + width * this.at.pixel && bottom <= this.at.y + height * this.at.pixel;
      if (inside && Math.max(right - left, bottom - top) > SMALL_PX * this.at.pixel) return;
      const enough = Math.max((right - left) / width, (bottom - top) / height, DEEPEST_M / width) * 3;
      const pixel = Math.min(this.at.pixel, Math.max(enough, this.whole / 40));
      this.at = { x: (left + right) / 2 - (width / 2) * pixel, y: (top + bottom) / 2 - (height / 2) * pixel, pixel };
      this.place();
    },
    place() {
      const { clientWidth: width, clientHeight: height } = this.view;
      const { x, y, pixel } = this.at;
      this.svg.setAttribute("viewBox", `${x} ${y} ${width * pixel} ${height * pixel}`);
      // With all in sight there is nothing to move: a finger scrolls the page.
      this.view.classList.toggle("closer", pixel < this.whole * 0.99);
      const power = 10 ** Math.floor(Math.log10(BAR_PX * pixel));
      const length = [5, 2, 1].map((step) => step * power).find((each) => each <= BAR_PX * pixel) ?? power;
      this.bar.querySelector("i").style.width = `${length / pixel}px`;
      const told = length >= 1000 ? [length / 1000, "km"] : length >= 1 ? [length, "m"] : [length * 100, "cm"];
      this.bar.querySelector("span").textContent = `${Number(told[0].toPrecision(3))} ${told[1]}`;
      this.lines(width, height);
      this.halo();
    },
    lines(width, height) {
      const { x, y, pixel } = this.at;
      const view = [x, y, x + width * pixel, y + height * pixel];
      const level = levelFor(this.sheet.levels, view);
      if (this.level !== level) {
        this.level = level;
        this.grid.replaceChildren(...level.map((line) => draw("path", { d: "M" + line.points.map((point) => point.join(" ")).join("L"), "vector-effect": "non-scaling-stroke" })));
      }
      this.labels.replaceChildren(...labelsOf(level, view, pixel).map((one) => {
        const label = make("span", { class: one.kind }, one.text);
        label.style.left = `${one.x}px`;
        label.style.top = `${one.y}px`;
        return label;
      }));
    },
    layers() {
      const hidden = new Set([...document.querySelectorAll("input[data-layer]")].filter((box) => !box.checked).map((box) => box.dataset.layer));
      this.svg.querySelectorAll("[data-in]").forEach((each) => each.classList.toggle("hidden", hidden.has(each.dataset.in)));
      this.labels.classList.toggle("hidden", hidden.has("grid"));
    },
    // A method, not a value: at another value all of the map would be sent again.
    mark(key = this.chosen) {
      this.chosen = key;
      this.svg.querySelectorAll(".chosen").forEach((each) => each.classList.remove("chosen"));
      for (const mark of this.things.get(this.chosen)?.marks ?? []) mark.classList.add("chosen");
      this.halo();
    },
    // What is too small to see lit has a ring around it.
    halo() {
      const thing = this.things.get(this.lit ?? this.chosen);
      const [left, top, right, bottom] = thing?.box ?? [0, 0, 0, 0];
      const small = thing && this.at && Math.max(right - left, bottom - top) < SMALL_PX * 2 * this.at.pixel;
      this.ring.classList.toggle("hidden", !small);
      if (!small) return;
      this.ring.setAttribute("cx", (left + right) / 2);
      this.ring.setAttribute("cy", (top + bottom) / 2);
      this.ring.setAttribute("r", SMALL_PX * this.at.pixel);
    },
    light(key, on) {
      if (!key) return;
      for (const mark of this.things.get(key)?.marks ?? []) mark.classList.toggle("lit", on);
      document.querySelectorAll(`[data-mapped="${CSS.escape(key)}"]`).forEach((each) => each.classList.toggle("lit", on));
      this.lit = on ? key : this.lit === key ? null : this.lit;
      this.halo();
      if (!on) this.card.classList.add("hidden");
    },
    point(thing, event) {
      const box = this.view.getBoundingClientRect();
      if (this.lit && this.lit !== thing.key) this.light(this.lit, false);
      this.light(thing.key, true);
      this.tell(thing, event.clientX - box.left, event.clientY - box.top);
    },
    tell(thing, x, y) {
      const facts = make("dl", { class: "facts" });
      for (const [name, value] of thing.facts) facts.append(make("dt", {}, name), make("dd", {}, value));
      this.card.replaceChildren(make("strong", {}, thing.title), facts);
      this.card.classList.remove("hidden");
      this.card.style.left = `${Math.max(0, Math.min(x + 14, this.view.clientWidth - this.card.offsetWidth))}px`;
      const below = y + 14 + this.card.offsetHeight <= this.view.clientHeight;
      this.card.style.top = `${below ? y + 14 : Math.max(0, y - 14 - this.card.offsetHeight)}px`;
    },
    key(event) {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const acts = {
        ArrowLeft: () => this.pan(-60, 0), ArrowRight: () => this.pan(60, 0), ArrowUp: () => this.pan(0, -60), ArrowDown: () => this.pan(0, 60),
        "+": () => this.zoom(1 / STEP), "=": () => this.zoom(1 / STEP), "-": () => this.zoom(STEP), 0: () => this.fit(),
        n: () => this.walk(1), p: () => this.walk(-1), Enter: () => this.focused && this.choose(this.focused), Escape: () => this.light(this.focused, false),
      };
      const act = acts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!act) return;
      event.preventDefault();
      act();
    },
    walk(by) {
      const there = this.order.filter((key) => this.things.get(key).marks.some((mark) => mark.getClientRects().length && !mark.closest(".hidden")));
      if (!there.length) return;
      const next = (there.indexOf(this.focused) + by + (by < 0 && !there.includes(this.focused) ? 1 : 0) + there.length) % there.length;
      this.light(this.focused, false);
      this.focused = there[next];
      const thing = this.things.get(this.focused), { x, y, pixel } = this.at;
      const middle = [(thing.box[0] + thing.box[2]) / 2, (thing.box[1] + thing.box[3]) / 2];
      const at = [(middle[0] - x) / pixel, (middle[1] - y) / pixel];
      if (at[0] < 0 || at[1] < 0 || at[0] > this.view.clientWidth || at[1] > this.view.clientHeight) return this.go(this.focused), this.show(thing);
      this.show(thing, at);
    },
    show(thing, at = [this.view.clientWidth / 2, this.view.clientHeight / 2]) {
      this.light(thing.key, true);
      this.tell(thing, ...at);
      this.said.textContent = [thing.title, ...thing.facts.map(([name, value]) => `${name}: ${value}`)].join(", ");
    },
    choose(key) {
      this.focused = key;
      this.$emit("chosen", key);
    },
    metres(event) {
      const box = this.view.getBoundingClientRect();
      return [this.at.x + (event.clientX - box.left) * this.at.pixel, this.at.y + (event.clientY - box.top) * this.at.pixel];
    },
    down(event) {
      if (event.button || !this.at) return;
      this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
      this.light(this.lit, false);
      this.moved = this.fingers.size > 1;
      this.begun = [event.clientX, event.clientY];
      this.target = event.target.dataset?.mark;
    },
    move(event) {
      const before = this.fingers.get(event.pointerId);
      if (!before) return;
      const now = [event.clientX, event.clientY];
      if (!this.moved && Math.hypot(now[0] - this.begun[0], now[1] - this.begun[1]) < CLICK_PX) return;
      if (!this.moved) this.light(this.lit, false);
      this.moved = true;
      this.view.setPointerCapture(event.pointerId);
      const other = [...this.fingers].find(([id]) => id !== event.pointerId)?.[1];
      if (other) {
        const apart = (one) => Math.max(8, Math.hypot(one[0] - other[0], one[1] - other[1]));
        this.zoom(apart(before) / apart(now), this.metres({ clientX: (now[0] + other[0]) / 2, clientY: (now[1] + other[1]) / 2 }));
        this.pan((before[0] - now[0]) / 2, (before[1] - now[1]) / 2);
      } else {
        this.pan(before[0] - now[0], before[1] - now[1]);
      }
      this.fingers.set(event.pointerId, now);
    },
    up(event) {
      if (!this.fingers.delete(event.pointerId) || this.moved || event.type === "pointercancel" || !this.target) return;
      if (event.pointerType === "touch") this.point(this.things.get(this.target), event);
      this.choose(this.target);
    },
  },
};
