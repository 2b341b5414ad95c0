// The buttons above the picture: what the keys and the wheel do, for those who have neither.
const tools = { bar: null, all: null, out: null, faults: null };

const drawTools = () => {
  if (!tools.bar) return;
  tools.all.disabled = tools.out.disabled = view.from === null;
  tools.faults.setAttribute("aria-pressed", !view.off.has("faults"));
  tools.faults.hidden = !page.picture.querySelector(".bands i");
};

const makeTools = () => {
  if (tools.bar?.isConnected) return;
  const button = (id, textContent, label, onclick) => {
    const made = element("button", { id, type: "button", textContent, title: label, onclick });
    made.setAttribute("aria-label", label);
    return made;
  };
  tools.out = button("zoom-out", "−", "Zoom out", () => zoom(0.5));
  tools.all = button("zoom-all", "All of it", "Show all of the run", lookAtAll);
  tools.faults = button("show-faults", "Faults", "Show or hide the times of faults", () => {
    if (!view.off.delete("faults")) view.off.add("faults");
    drawBands();
    drawTools();
  });
  tools.bar = element("div", { className: "tools" }, button("zoom-in", "+", "Zoom in", () => zoom(2)), tools.out, tools.all, tools.faults);
  page.picture.before(tools.bar);
};
