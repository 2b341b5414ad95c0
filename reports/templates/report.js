"use strict";
// Reads out all rows at one moment. Everything it says stands in the page's tables as well.
(() => {
  const reading = JSON.parse(document.getElementById("reading").textContent);
  const picture = document.getElementById("picture");
  const cursor = picture.querySelector(".cursor");
  const readout = picture.querySelector(".readout");
  const [start, end] = reading.clock;
  let moment = null;
  document.body.classList.add("lively");

  const duration = (micros) => {
    if (micros === null) return "–";
    if (micros < 1e3) return `${micros}µs`;
    if (micros < 1e6) return `${Number((micros / 1e3).toPrecision(3))}ms`;
    return `${Number((micros / 1e6).toPrecision(3))}s`;
  };

  const slotAt = (load, t) => {
    const slot = load.slots[Math.floor((t - (load.slots[0]?.start ?? 0)) / load.length + 1e-6)];
    return t >= (load.slots[0]?.start ?? 0) ? slot : undefined;
  };

  const loadLines = (load, t) => {
    const slot = slotAt(load, t);
    if (!slot) return [];
    const failed = Object.entries(slot.failed).filter(([, n]) => n > 0);
    const count = failed.reduce((sum, [, n]) => sum + n, 0);
    const rate = Number(((slot.ok + count) / load.length).toPrecision(3));
    const [p50, p90, p99] = slot.quantiles.map(duration);
    const lines = [["", `${load.name}: ${rate}/s, ${slot.ok} good, ${count} failed`]];
    if (count) lines.push(["bad", failed.map(([kind, n]) => `${kind} × ${n}`).join(", ")]);
    if (slot.quantiles[0] !== null) lines.push(["", `p50 ${p50} · p90 ${p90} · p99 ${p99}`]);
    return lines;
  };

  const serviceLine = ([name, steps], t) => {
    const step = steps.filter(([at]) => at <= t).at(-1);
    if (!step) return null;
    const [, ready, up] = step;
    if (ready === up && ready > 0) return null;
    return ["bad", up === 0 ? `${name}: down` : `${name}: ${ready} of ${up} ready`];
  };

  const linesAt = (t) => [
    ...reading.faults
      .filter(([, from, to]) => from <= t && t <= Math.max(to, from + (end - start) / 150))
      .slice(0, 4)
      .map(([name]) => ["fault", name]),
    ...reading.loads.flatMap((load) => loadLines(load, t)),
    ...reading.services.map((service) => serviceLine(service, t)).filter(Boolean),
  ];

  const paragraph = ([tone, text]) => {
    const line = document.createElement("p");
    line.className = tone;
    line.textContent = text;
    return line;
  };

  const track = () => picture.querySelector(".axis");

  const show = (t, top) => {
    moment = Math.min(end, Math.max(start, t));
    const at = track().offsetLeft + ((moment - start) / (end - start)) * track().offsetWidth;
    const head = document.createElement("b");
    head.textContent = `${moment < 0 ? "−" : ""}${Math.abs(moment).toFixed(1)}s`;
    readout.replaceChildren(head, ...linesAt(moment).map(paragraph));
    cursor.hidden = readout.hidden = false;
    cursor.style.left = `${at}px`;
    const before = at > picture.clientWidth / 2;
    const left = before ? at - readout.offsetWidth - 12 : at + 12;
    readout.style.left = `${Math.min(Math.max(6, left), picture.clientWidth - readout.offsetWidth - 6)}px`;
    readout.style.top = `${Math.min(Math.max(8, top), picture.clientHeight - readout.offsetHeight - 8)}px`;
  };

  const hide = () => {
    cursor.hidden = readout.hidden = true;
  };

  picture.addEventListener("pointermove", (event) => {
    const box = track().getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    show(start + share * (end - start), event.clientY - picture.getBoundingClientRect().top + 14);
  });
  picture.addEventListener("pointerleave", hide);
  picture.addEventListener("blur", hide);
  picture.addEventListener("keydown", (event) => {
    const step = (reading.loads[0]?.length ?? (end - start) / 60) * (event.shiftKey ? 10 : 1);
    const to = {
      ArrowLeft: () => (moment ?? 0) - step,
      ArrowRight: () => (moment === null ? 0 : moment + step),
      Home: () => start,
      End: () => end,
    }[event.key];
    if (event.key === "Escape") hide();
    if (!to) return;
    event.preventDefault();
    show(to(), 8);
  });
})();
