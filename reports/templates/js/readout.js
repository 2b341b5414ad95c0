// Reads out all rows at one moment. Everything it says stands in the page's tables as well.
const slotAt = (load, t) => {
  const first = load.slots[0]?.start ?? 0;
  return t >= first ? load.slots[Math.floor((t - first) / load.length + 1e-6)] : undefined;
};

const loadLines = (load, t) => {
  const slot = slotAt(load, t);
  if (!slot) return [];
  const failed = Object.entries(slot.failed).filter(([, n]) => n > 0);
  const count = failed.reduce((sum, [, n]) => sum + n, 0);
  const rate = three((slot.ok + count) / load.length);
  const [p50, p90, p99] = slot.quantiles.map(duration);
  const lines = [["", `${load.name}: ${rate}/s, ${slot.ok} good, ${count} failed`]];
  if (count) lines.push(["bad", failed.map(([kind, n]) => `${kind} × ${n}`).join(", ")]);
  if (slot.quantiles[0] !== null) lines.push(["", `p50 ${p50} · p90 ${p90} · p99 ${p99}`]);
  return lines;
};

const serviceLine = ([name, states], t) => {
  const state = states.filter(([at]) => at <= t).at(-1);
  if (!state) return null;
  const [, ready, up] = state;
  if (ready === up && ready > 0) return null;
  return ["bad", up === 0 ? `${name}: down` : `${name}: ${ready} of ${up} ready`];
};

const linesAt = (t) => {
  const [from, to] = shown();
  const near = (to - from) / 150;
  return [
    ...page.reading.faults
      .filter(([, start, end]) => start <= t && t <= Math.max(end, start + near))
      .slice(0, 4)
      .map(([name]) => ["fault", name]),
    ...page.reading.loads.flatMap((load) => loadLines(load, t)),
    ...page.reading.services.map((service) => serviceLine(service, t)).filter(Boolean),
  ];
};

const xOf = (t) => {
  const [from, to] = shown();
  return page.axis.offsetLeft + ((t - from) / (to - from)) * page.axis.offsetWidth;
};

const readAt = (t, top) => {
  const [from, to] = shown();
  [view.at, view.top] = [Math.min(to, Math.max(from, t)), top];
  const { picture } = page;
  const [cursor, readout] = [picture.querySelector(".cursor"), picture.querySelector(".readout")];
  const lines = linesAt(view.at).map(([className, textContent]) => element("p", { className, textContent }));
  readout.replaceChildren(element("b", { textContent: moment(view.at, to - from < 5 ? 2 : 1) }), ...lines);
  cursor.hidden = readout.hidden = false;
  const at = xOf(view.at);
  cursor.style.left = `${at}px`;
  const left = at > picture.clientWidth / 2 ? at - readout.offsetWidth - 12 : at + 12;
  readout.style.left = `${Math.min(Math.max(6, left), picture.clientWidth - readout.offsetWidth - 6)}px`;
  readout.style.top = `${Math.min(Math.max(8, top), picture.clientHeight - readout.offsetHeight - 8)}px`;
};

// The moment that is read stands elsewhere once something else is shown, or nowhere.
const readAgain = () => {
  const [from, to] = shown();
  if (view.at === null) return;
  if (view.at < from || view.at > to) hideReadout();
  else readAt(view.at, view.top);
};

const hideReadout = () => {
  page.picture.querySelector(".cursor").hidden = page.picture.querySelector(".readout").hidden = true;
  view.at = null;
};
