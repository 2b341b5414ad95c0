"use strict";

const words = {
  ReservationApply: "Reserved",
  PaymentCompleted: "Paid",
  CleaningCompleted: "Cleaned",
  ReservationCancel: "Canceled",
  PaymentCancelCompleted: "Canceled and refunded",
};
const told = {
  PaymentCompleted: "Your payment has arrived.",
  CleaningCompleted: "Your place is cleaned.",
  PaymentCancelCompleted: "Your payment was given back.",
};
const open = ["ReservationApply", "PaymentCompleted"];
const won = new Intl.NumberFormat("ko-KR");
const byId = (id) => document.getElementById(id);

async function call(method, path, body, headers = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { accept: "application/json", ...(body && { "content-type": "application/json" }), ...headers },
      body: body && JSON.stringify(body),
    });
  } catch {
    throw new Error("The service cannot be reached. Try again shortly.");
  }
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  if (response.status === 503 && method === "POST") throw new Error("Payment is not available right now. Nothing was reserved; try again shortly.");
  throw new Error(answer?.message ?? `The service answered ${response.status}.`);
}

const latest = async (name) => {
  const answer = await call("GET", `${name}?size=100&sort=id,desc`).catch(() => null);
  return answer?._embedded?.[name] ?? [];
};

function notice(text, bad = false) {
  byId("notice").textContent = text;
  byId("notice").className = bad ? "bad" : "";
}

function entry(view, place, messages) {
  const item = byId("entry").content.cloneNode(true);
  const set = (selector, text) => { item.querySelector(selector).textContent = text; };
  set("h3", `${view.customerName ?? "Somebody"} · reservation ${view.requestId}`);
  const facts = [place?.place, place?.requestDate, view.price === null ? null : `₩${won.format(view.price)}`];
  set(".facts", facts.filter(Boolean).join(" · "));
  set(".status", words[view.status] ?? view.status);
  const status = item.querySelector(".status");
  status.classList.toggle("over", !open.includes(view.status) && view.status !== "CleaningCompleted");
  for (const message of messages) {
    const line = document.createElement("li");
    line.textContent = told[message.status] ?? message.status;
    item.querySelector(".messages").append(line);
  }
  const button = item.querySelector("button");
  button.setAttribute("aria-label", `Cancel reservation ${view.requestId}`);
  button.addEventListener("click", () => cancel(button, view.requestId));
  if (!open.includes(view.status)) button.remove();
  return item;
}

let shown = "";

async function show() {
  const [views, places, messages] = await Promise.all(
    ["dashBoardViews", "cleaningReservations", "messages"].map(latest),
  );
  const whose = byId("whose").value.trim();
  const mine = views.filter((view) => !whose || (view.customerName ?? "").includes(whose));
  // Drawn again only when something is new, so that focus stays where it is.
  const state = JSON.stringify([mine, places, messages]);
  if (state === shown) return;
  shown = state;
  byId("list").replaceChildren(...mine.map((view) => entry(
    view,
    places.find((place) => place.id === view.requestId),
    messages.filter((message) => message.requestId === view.requestId).reverse(),
  )));
}

async function attempt(button, work) {
  button.disabled = true;
  try {
    notice(await work());
  } catch (error) {
    notice(error.message, true);
  }
  button.disabled = false;
  await show();
}

const cancel = (button, id) => attempt(button, async () => {
  await call("DELETE", `cleaningReservations/${id}`);
  byId("reservations").focus();
  return `Reservation ${id} is canceled. Your payment is given back.`;
});

byId("reserve").addEventListener("submit", (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  attempt(event.target.querySelector("button"), async () => {
    const key = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join("");
    const made = await call("POST", "cleaningReservations", { ...fields, price: Number(fields.price) }, { "idempotency-key": key });
    byId("whose").value = made.customerName ?? "";
    return `Reservation ${made.id} is made and paid.`;
  });
});
byId("whose").addEventListener("input", show);
// In the visitor's own time zone.
byId("reserve").requestDate.value = new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10);
show();
setInterval(() => { if (!document.hidden) show(); }, 3000);
