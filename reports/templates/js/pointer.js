// Mouse, finger and pen. All listeners stand on the document, so a picture that is replaced needs none of its own.
const drag = { from: null, x: 0 };

const inPicture = (event) => event.target.closest?.("#picture");

const momentAt = (event) => {
  const [from, to] = shown();
  const box = page.axis.getBoundingClientRect();
  return from + Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)) * (to - from);
};

const topOf = (event) => event.clientY - page.picture.getBoundingClientRect().top + 14;

const drawChosen = (to) => {
  const chosen = page.picture.querySelector(".chosen");
  const [left, right] = [xOf(drag.from), xOf(to)].sort((a, b) => a - b);
  chosen.hidden = right - left < 6;
  chosen.style.left = `${left}px`;
  chosen.style.width = `${right - left}px`;
};

const endDrag = () => {
  drag.from = null;
  page.picture.querySelector(".chosen").hidden = true;
};

document.addEventListener("pointerdown", (event) => {
  if (!inPicture(event) || event.button !== 0 || event.target.closest("button")) return;
  // A finger scrolls the page and reads a moment; it zooms by the buttons.
  if (event.pointerType === "touch") return readAt(momentAt(event), topOf(event));
  page.picture.setPointerCapture(event.pointerId);
  [drag.from, drag.x] = [momentAt(event), event.clientX];
});

document.addEventListener("pointermove", (event) => {
  if (drag.from !== null) {
    event.preventDefault();
    drawChosen(momentAt(event));
  } else if (inPicture(event)) {
    readAt(momentAt(event), topOf(event));
  } else if (view.at !== null && event.pointerType === "mouse" && document.activeElement !== page.picture) {
    hideReadout();
  }
});

document.addEventListener("pointerup", (event) => {
  if (drag.from === null) return;
  const [one, other, far] = [drag.from, momentAt(event), Math.abs(event.clientX - drag.x) >= 6];
  endDrag();
  if (far) look(Math.min(one, other), Math.max(one, other));
});

document.addEventListener("pointercancel", () => drag.from !== null && endDrag());

document.addEventListener("wheel", (event) => {
  if (!inPicture(event)) return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / 300), momentAt(event));
  } else if (view.from !== null && Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
    event.preventDefault();
    pan(event.deltaX / page.axis.clientWidth);
  }
}, { passive: false });

document.addEventListener("click", (event) => {
  const key = event.target.closest?.("button.key");
  if (key) toggle(key);
});
