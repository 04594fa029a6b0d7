// The drawer on a phone, copying, and keys: what a page needs in the browser besides its elements.
"use strict";
(() => {
  const root = document.documentElement;
  const button = () => document.querySelector(".menu-button");
  const setMenu = (open) => {
    root.dataset.menu = open ? "open" : "";
    button()?.setAttribute("aria-expanded", String(open));
    if (open) document.querySelector("#menu a")?.focus();
  };
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest(".menu-button")) setMenu(root.dataset.menu !== "open");
    else if (target?.closest(".veil")) setMenu(false);
    else if (target?.closest(".skip")) {
      event.preventDefault();
      document.getElementById("main")?.focus();
    }
    const copy = target?.closest("[data-copy]");
    if (copy) navigator.clipboard?.writeText(document.querySelector(copy.dataset.copy)?.textContent ?? "").then(() => {
      copy.dataset.copied = "yes";
      setTimeout(() => delete copy.dataset.copied, 1500);
    });
  });
  // What somebody has to say again and again, their name: kept in a cookie of this browser for the next page.
  document.addEventListener("change", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !target.dataset.keep) return;
    document.cookie = `siseon_${target.dataset.keep}=${encodeURIComponent(target.value)}; path=/console/; max-age=31536000; samesite=strict`;
  });
  // A page whose session has ended is cut off: it leads to where one signs in, rather than trying for ever.
  // One that somebody signs out of is cut off before it has its answer: it is on its way there.
  let signingOut = false;
  document.addEventListener("submit", () => {
    signingOut = true;
    window.socket?.io.reconnection(false);
  });
  const lost = async () => {
    if (signingOut) return;
    const answer = await fetch("/console/api/healthz").catch(() => null);
    if (answer?.status === 401) location.reload();
  };
  // NiceGUI holds back what is done before its handshake, each event by a timer of its own: a click overtakes what was
  // typed before it. Here events wait in one line, also for the handshake of a connection that comes back.
  let socket;
  let shaken = false;
  const waiting = [];
  Object.defineProperty(window, "socket", {
    get: () => socket,
    set: (made) => {
      socket = made;
      const emit = made.emit.bind(made);
      made.emit = (name, ...told) => (name !== "event" || shaken ? emit(name, ...told) : waiting.push(told) && made);
      made.on("disconnect", () => (shaken = false));
      for (const event of ["disconnect", "connect_error"]) made.on(event, lost);
    },
  });
  Object.defineProperty(window, "did_handshake", {
    get: () => socket !== undefined, // before that the timers have to do: what comes so early comes by itself
    set: (done) => {
      shaken = done;
      if (done) for (const told of waiting.splice(0)) socket.emit("event", ...told);
    },
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && root.dataset.menu === "open") {
      setMenu(false);
      button()?.focus();
    }
  });
})();
