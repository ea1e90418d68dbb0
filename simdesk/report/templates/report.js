"use strict";
(() => {
  const { figures, light, dark, config } = JSON.parse(document.getElementById("data").textContent);
  const night = matchMedia("(prefers-color-scheme: dark)");
  const swap = new Map(Object.entries(light).map(([use, colour]) => [colour, dark[use]]));

  /* The same figure with every colour of the light palette exchanged for the dark one. */
  const coloured = (part, isDark) => {
    if (typeof part === "string") return (isDark && swap.get(part)) || part;
    if (Array.isArray(part)) return part.map((one) => coloured(one, isDark));
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, coloured(one, isDark)]));
  };

  const draw = (isDark, width) =>
    Promise.all(
      figures.map((figure, at) => {
        const { data, layout } = coloured(figure, isDark);
        const place = document.getElementById(`figure-${at + 1}`);
        if (width) layout.width = Math.min(width, place.clientWidth || width);
        return Plotly.react(place, data, layout, config);
      }),
    );

  const drawn = draw(night.matches).then(() => { document.documentElement.dataset.drawn = "all"; });
  night.addEventListener("change", () => draw(night.matches));
  addEventListener("beforeprint", () => draw(false, 680));
  addEventListener("afterprint", () => draw(night.matches));
  drawn.then(() => {
    document.getElementById("js-plotly-tester")?.setAttribute("aria-hidden", "true"); // Plotly measures text in it
    for (const button of document.querySelectorAll("button.save")) {
      button.hidden = false;
      button.addEventListener("click", () =>
        Plotly.downloadImage(document.getElementById(button.dataset.figure), { format: "svg", filename: button.dataset.figure }),
      );
    }
  });
})();
