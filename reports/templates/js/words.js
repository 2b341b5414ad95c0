// How figures are written: as in the tables.
const three = (value) => Number(value.toPrecision(3));

const duration = (micros) => {
  if (micros === null) return "–";
  if (micros < 1e3) return `${micros}µs`;
  if (micros < 999500) return `${three(micros / 1e3)}ms`;
  return `${three(micros / 1e6)}s`;
};

const moment = (seconds, digits = 1) => `${seconds < 0 ? "−" : ""}${Math.abs(seconds).toFixed(digits)}s`;

const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
};
