// Takes up the picture that stands in the page now, and shows of it what was shown of the one before.
const takeUp = () => {
  if (!page.picture) return;
  page.reading = JSON.parse(document.getElementById("reading").textContent);
  makeTools();
  makeSwitches();
  drawBands();
  drawView();
};

document.body.classList.add("lively");
addEventListener("resize", () => page.picture && drawTicks());
// On paper all of it is shown.
addEventListener("beforeprint", () => page.picture && lookAtAll());
takeUp();
