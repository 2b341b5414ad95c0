// The live page: each message is all that is to be seen, so one that is missed, or a connection that was lost, leaves no gap.
const live = { main: document.getElementById("live"), state: document.getElementById("state"), waits: null };

const say = (text) => {
  if (live.state.textContent !== text) live.state.textContent = text;
};

const focusName = (one) => one?.id || (one?.matches?.("button.key") ? switchOf(one) : "");

const findFocus = (name) =>
  document.getElementById(name) ?? [...document.querySelectorAll("button.key")].find((key) => switchOf(key) === name);

const show = (message) => {
  live.waits = null;
  const [focus, at, top] = [focusName(document.activeElement), view.at, view.top];
  live.main.innerHTML = message.html;
  takeUp();
  if (focus) findFocus(focus)?.focus({ preventScroll: true });
  if (at !== null && page.picture) readAt(at, top);
  say(message.phase);
};

const source = new EventSource("events");
source.onmessage = (event) => {
  const message = JSON.parse(event.data);
  if (message.last) source.close();
  // What is being dragged over must not be taken away.
  if (drag.from === null) show(message);
  else live.waits = message;
};
source.onerror = () => source.readyState !== EventSource.CLOSED && say("Connection lost, trying again …");
document.addEventListener("pointerup", () => live.waits && show(live.waits));
