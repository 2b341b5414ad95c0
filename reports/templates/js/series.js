// Series on and off, by the names in the legends.
const switchOf = (key) => `${key.closest("[data-row]").dataset.row} · ${key.dataset.series}`;

const drawSwitch = (key) => {
  const on = !view.off.has(switchOf(key));
  key.setAttribute("aria-pressed", on);
  for (const part of key.closest("[data-row]").querySelectorAll(`.${key.dataset.series}`)) {
    if (!part.closest(".key")) part.classList.toggle("off", !on);
  }
};

const toggle = (key) => {
  const name = switchOf(key);
  if (!view.off.delete(name)) view.off.add(name);
  drawSwitch(key);
};

// The page without a script has names only.
const makeSwitches = () => {
  for (const key of page.picture.querySelectorAll("span.key[data-series]")) {
    const button = element("button", { type: "button", className: "key", title: "Show or hide" }, ...key.childNodes);
    button.dataset.series = key.dataset.series;
    key.replaceWith(button);
    drawSwitch(button);
  }
};

const drawBands = () => {
  const bands = page.picture.querySelector(".bands");
  if (bands) bands.classList.toggle("off", view.off.has("faults"));
};
