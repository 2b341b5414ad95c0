// What is shown: a part of the clock, without the series that are switched off. Nothing is drawn anew: the drawings are given
// another view box, and all else that lies on the clock follows two custom properties.
const view = { from: null, to: null, at: null, top: 8, off: new Set() };

const page = {
  get picture() { return document.getElementById("picture"); },
  get axis() { return this.picture.querySelector(".axis"); },
  reading: null,
};

const clock = () => page.reading.clock;
const shown = () => (view.from === null ? clock() : [view.from, view.to]);

const steps = [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

const drawTicks = () => {
  const [start, end] = clock();
  const [from, to] = shown();
  const most = page.axis.clientWidth < 500 ? 4 : 7;
  const step = steps.find((one) => (to - from) / one <= most) ?? (to - from) / most;
  const ticks = [];
  for (let n = Math.ceil(from / step); n <= Math.floor(to / step); n += 1) {
    const t = n * step;
    const label = t >= 120 && t % 60 === 0 ? `${t / 60}m` : moment(t, step < 0.1 ? 2 : step < 1 ? 1 : 0);
    const tick = element("span", { textContent: label });
    tick.style.setProperty("--l", ((t - start) / (end - start)) * 100);
    ticks.push(tick);
  }
  page.axis.replaceChildren(...ticks);
};

const drawView = () => {
  const [start, end] = clock();
  const [from, to] = shown();
  const share = (t) => (t - start) / (end - start);
  page.picture.style.setProperty("--from", share(from) * 100);
  page.picture.style.setProperty("--zoom", (end - start) / (to - from));
  page.picture.classList.toggle("zoomed", view.from !== null);
  const box = `${share(from) * 1000} 0 ${(share(to) - share(from)) * 1000} 100`;
  for (const svg of page.picture.querySelectorAll(".plot svg")) svg.setAttribute("viewBox", box);
  drawTicks();
  drawTools();
};

// The shortest time that can be looked at.
const shortest = () => {
  const [start, end] = clock();
  const slot = Math.min(...page.reading.loads.map((load) => load.length), (end - start) / 20);
  return Math.max(slot / 2, (end - start) / 1000);
};

const look = (from, to) => {
  const [start, end] = clock();
  const wide = Math.min(Math.max(to - from, shortest()), end - start);
  const first = Math.min(Math.max((from + to - wide) / 2, start), end - wide);
  const all = wide >= (end - start) * 0.999;
  [view.from, view.to] = all ? [null, null] : [first, first + wide];
  drawView();
  readAgain();
};

const lookAtAll = () => look(...clock());

const zoom = (factor, around) => {
  const [from, to] = shown();
  const t = around ?? view.at ?? (from + to) / 2;
  look(t - (t - from) / factor, t + (to - t) / factor);
};

const pan = (share) => {
  const [from, to] = shown();
  const by = (to - from) * share;
  look(from + by, to + by);
};
