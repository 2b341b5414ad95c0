// The keyboard, while the picture has the focus.
const stepOf = (event) => (page.reading.loads[0]?.length ?? (clock()[1] - clock()[0]) / 60) * (event.shiftKey ? 10 : 1);

// Reads a moment, and moves what is shown when it lies outside.
const goTo = (t) => {
  const [start, end] = clock();
  const [from, to] = shown();
  const at = Math.min(end, Math.max(start, t));
  if (at < from || at > to) look(at - (to - from) / 2, at + (to - from) / 2);
  readAt(at, 8);
};

const acts = {
  ArrowLeft: (event) => goTo((view.at ?? shown()[0]) - stepOf(event)),
  ArrowRight: (event) => goTo(view.at === null ? Math.max(0, shown()[0]) : view.at + stepOf(event)),
  Home: () => goTo(clock()[0]),
  End: () => goTo(clock()[1]),
  "+": () => zoom(2),
  "=": () => zoom(2),
  "-": () => zoom(0.5),
  0: lookAtAll,
  Escape: () => {
    hideReadout();
    lookAtAll();
  },
};

document.addEventListener("keydown", (event) => {
  if (event.target !== page.picture || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act(event);
});

document.addEventListener("focusout", (event) => {
  if (event.target === page.picture) hideReadout();
});
