// What has the focus goes away when its part of the page is drawn anew, and a browser goes back to the top of the page then.
// The next thing of its kind takes the focus instead: in its form or list, in the part around that, and so on.
"use strict";
(() => {
  let last = null, places = [];
  // Not what cannot be taken back: who presses Enter once more would do that.
  const takes = (each) => each.getClientRects().length && !each.disabled && !each.matches(".danger");
  const near = (part, kind) => [...part.querySelectorAll(kind)].filter((each) => each === last || takes(each));
  const gone = () => last && [document.body, last].includes(document.activeElement) && (!last.isConnected || last.disabled || !last.getClientRects().length);
  document.addEventListener("focusin", ({ target }) => {
    const main = target.closest?.("#main");
    last = main && target !== main ? target : null;
    places = [];
    if (!last) return;
    for (let part = last.parentElement; part; part = part === main ? null : part.parentElement) {
      const same = part.parentElement && places.length && part.childElementCount === 1;
      if (!same) places.push([part, near(part, last.localName).indexOf(last)]);
    }
  });
  document.addEventListener("pointerdown", ({ target }) => { if (!last?.contains(target)) last = null; }, true); // Who clicks beside it leaves it.
  const find = () => {
    if (!gone()) return;
    const lost = last, kind = lost.localName;
    last = null;
    for (const [part, at] of places) {
      if (!part.isConnected) continue;
      const left = near(part, kind).filter((each) => each !== lost);
      if (left.length) return left[Math.min(at, left.length - 1)].focus({ preventScroll: true });
    }
    document.getElementById("main")?.focus({ preventScroll: true });
  };
  new MutationObserver(find).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["class", "disabled"] });
})();
