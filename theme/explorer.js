/* Evaluates the surface, whose numbers come when they are wanted, and draws it. Not a module:
   browsers refuse those to pages opened from a file. */
(() => {
  "use strict";

  const HERE = document.currentScript.src.replace(/[^/]*$/, "");

  // The surface: models/core/response_surface.py says what each number means.

  const onScale = { linear: (v) => v, log: Math.log, log_rest: (v) => Math.log(1 - v) };

  function scaled(slider, value) {
    const flat = slider.flat_from ?? Infinity;
    const forward = onScale[slider.scale];
    const first = forward(slider.low);
    const last = forward(Math.min(slider.high, flat));
    return (2 * (forward(Math.min(value, flat)) - first)) / (last - first) - 1;
  }

  function chebyshev(u, degree) {
    const values = [1, u];
    for (let i = 2; i <= degree; i++) values.push(2 * u * values[i - 1] - values[i - 2]);
    return values;
  }

  const clip = (p) => Math.min(Math.max(p, 0), 1);

  function findSurface(data, point) {
    return data.surfaces.find(
      (s) => s.definition === point.leading_definition && s.regime === point.import_regime,
    );
  }

  /** All outcomes at a point: chances by kind, date and end, then the fan by time and share. */
  function evaluate(data, point) {
    const surface = findSurface(data, point);
    if (!surface) return data.sales[point.leading_definition];
    const u = surface.axes.map((name) =>
      scaled(data.sliders.find((s) => s.name === name), Number(point[name])),
    );
    const powers = surface.axes.map((_, j) =>
      chebyshev(u[j], Math.max(...surface.powers.map((p) => p[j]))),
    );
    const terms = surface.powers.map((p) => p.reduce((t, power, j) => t * powers[j][power], 1));
    const away = u.reduce((sum, x, j) => sum + (x - surface.anchor[j]) ** 2, 0);
    const near = Math.exp(-away / (2 * data.reach ** 2));
    return surface.correction.map((correction, k) => {
      const eta = terms.reduce((sum, t, i) => sum + t * surface.coefficients[i][k], 0);
      if (k >= data.chances) return eta + near * correction;
      const inner = (1 / (1 + Math.exp(-eta)) - data.stretch) / (1 - 2 * data.stretch);
      return clip(clip(inner) + near * correction);
    });
  }

  /** Outcomes by name: {terminal: [{value, low, high}, …], ever: […], held: […], fan: [[…], …] or null}. */
  function named(data, outcomes) {
    const found = { fan: null };
    let at = 0;
    for (const kind of data.kinds) {
      found[kind] = data.dates.map(() => {
        const e = Object.fromEntries(data.ends.map((end) => [end, outcomes[at++]]));
        // Ends are fitted on their own, and could pass the value by a hair.
        return { value: e.value, low: Math.min(e.low, e.value), high: Math.max(e.high, e.value) };
      });
    }
    if (outcomes.length > at) {
      found.fan = data.fan_times.map(() => data.fan_shares.map(() => outcomes[at++]));
    }
    return found;
  }

  // Words.

  function percent(p) {
    if (p < 0.01) return "under 1%";
    return p > 0.99 ? "over 99%" : p < 0.0995 ? `${Number((100 * p).toPrecision(2))}%` : `${Math.round(100 * p)}%`;
  }

  function likelihood(data, p) {
    const rounded = Number(p.toFixed(12));
    return data.likelihood.find(
      (b) => rounded < b.upper || (b.includes_upper && rounded === b.upper),
    ).word;
  }

  const year = (date) => date.slice(0, 4);
  const minus = (text) => String(text).replace("-", "−");

  const worded = (data, p) => `${percent(p)} (${likelihood(data, p)})`;

  /** The chance in a line; a move that the smoothing may have made is called none. */
  function answer(data, now, base) {
    const [p, before] = [now, base].map((o) => o.held.at(-1).value);
    const same = p !== before && Math.abs(p - before) * 100 < data.missed.max;
    return (
      `Lead by January ${year(data.dates.at(-1))}: ${worded(data, p)}; baseline ${percent(before)}` +
      (same ? ", a difference too small to tell." : ".")
    );
  }

  function summary(data, point, now) {
    const { low, high } = now.held.at(-1);
    return (
      `By January ${year(data.dates.at(-3))}: ${worded(data, now.held.at(-3).value)}. ` +
      `${Math.round(100 * data.level)}% range by the joint model for ${year(data.dates.at(-1))}: ${percent(low)} ` +
      `to ${percent(high)}. Ahead on that day: ${percent(now.terminal.at(-1).value)}. ` +
      `Leading is by ${data.definitions[point.leading_definition].toLowerCase()}.`
    );
  }

  // Drawing.

  function element(parent, name, attributes, text) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  }

  // Within the view boxes that the template sets.
  const BOX = { left: 44, right: 290, top: 10, bottom: 232 };

  /** An empty chart with axes: returns how data become places, and what draws. */
  function chart(svg, x, y, ticks, label) {
    svg.replaceChildren();
    const px = (v) => BOX.left + ((v - x[0]) / (x[1] - x[0])) * (BOX.right - BOX.left);
    const py = (v) => BOX.bottom - ((v - y[0]) / (y[1] - y[0])) * (BOX.bottom - BOX.top);
    const line = (points) => points.map(([a, b]) => `${px(a).toFixed(1)},${py(b).toFixed(1)}`).join(" ");
    const made = {
      px, py,
      rect: (low, high, fill, opacity) =>
        element(svg, "rect", {
          x: BOX.left, width: BOX.right - BOX.left, y: py(high), height: py(low) - py(high), fill, opacity,
        }),
      path: (points, attributes) => element(svg, "polyline", { points: line(points), fill: "none", ...attributes }),
      band: (upper, lower, fill, opacity) =>
        element(svg, "polygon", { points: line([...upper, ...[...lower].reverse()]), fill, opacity }),
      dot: (a, b, attributes) => element(svg, "circle", { cx: px(a), cy: py(b), r: 3.5, ...attributes }),
      text: (a, b, text, attributes = {}) => element(svg, "text", { x: a, y: b, ...attributes }, text),
      axes: () => {
        for (const v of ticks.y) {
          element(svg, "line", { class: "grid", x1: BOX.left, x2: BOX.right, y1: py(v), y2: py(v) });
          made.text(BOX.left - 6, py(v) + 4, minus(v), { "text-anchor": "end" });
        }
        for (const v of ticks.x) made.text(px(v), BOX.bottom + 17, v, { "text-anchor": "middle" });
        element(svg, "line", { class: "axis", x1: BOX.left, x2: BOX.right, y1: BOX.bottom, y2: BOX.bottom });
        made.text(BOX.left, 264, label);
      },
    };
    return made;
  }

  function drawChances(svg, data, now, base) {
    const colour = data.colours.line;
    const years = data.dates.map((d) => Number(year(d)));
    const at = (list, end) => list.map((e, i) => [years[i], 100 * e[end]]);
    // As high as what is drawn needs, so that a small chance shows; the same while all is small.
    const y = roundScale([25, ...[...now.held, ...now.terminal, ...base.held].map((e) => 100 * e.high)]);
    const top = Math.min(100, y.at(-1));
    const ticks = { x: years, y: y.filter((v) => v <= top) };
    const c = chart(svg, [years[0] - 0.2, years.at(-1) + 0.1], [0, top], ticks, "Chance, %, on 10 January of the year");
    const likely = Math.round(100 * data.likely_from);
    if (top > likely) c.rect(likely, top, data.colours.reference, 0.18);
    c.rect(0, 100 * data.unlikely_below, data.colours.reference, 0.13);
    c.axes();
    c.band(at(now.held, "high"), at(now.held, "low"), colour, 0.2);
    c.path(at(base.held, "value"), { stroke: data.colours.reference, "stroke-width": 2, "stroke-dasharray": "2 3" });
    c.path(at(now.held, "value"), { stroke: colour, "stroke-width": 2.4 });
    c.path(at(now.terminal, "value"), { stroke: colour, "stroke-width": 2, "stroke-dasharray": "6 4" });
    for (const [x, y] of at(now.held, "value")) c.dot(x, y, { fill: colour });
    for (const [x, y] of at(now.terminal, "value")) c.dot(x, y, { class: "open", stroke: colour });
    const labels = [[now.terminal, "is ahead"], [now.held, "has led"]]
      .map(([list, words]) => [c.py(100 * list.at(-1).value) + 4, words]).sort((a, b) => b[0] - a[0]);
    const low = Math.min(labels[0][0], BOX.bottom - 5);
    [low, Math.min(labels[1][0], low - 16)].forEach((at, i) =>
      c.text(BOX.right + 4, at, labels[i][1], { fill: colour, "font-weight": "bold" }));
    c.text(BOX.left + 5, BOX.top + 14, `Yao: “high likelihood”${top > likely ? "" : `, over ${likely}%`}`);
    c.text(BOX.left + 5, c.py(100 * data.unlikely_below) + 14, "Lin: “less than 20%”");
    svg.setAttribute(
      "aria-label",
      `By ${years.at(-1)} the chance to have led is ${percent(now.held.at(-1).value)}, ` +
        `to be ahead on the day ${percent(now.terminal.at(-1).value)}.`,
    );
  }

  /** Round ends and ticks for numbers: about five steps of 1, 2 or 5 times a power of ten. */
  function roundScale(numbers) {
    const [low, high] = [Math.min(0, ...numbers), Math.max(0, ...numbers)];
    const rough = (high - low) / 5;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
    const first = Math.floor(low / step);
    const count = Math.ceil(high / step) - first;
    return Array.from({ length: count + 1 }, (_, i) => Number(((first + i) * step).toPrecision(6)));
  }

  function drawFan(svg, data, point, now) {
    const colour = data.colours.line;
    const past = data.past[point.leading_definition] ?? [];
    const y = roundScale([...now.fan.flat(), ...past.map((p) => p[1])]);
    const first = Math.floor(past[0]?.[0] ?? data.fan_times[0]);
    const last = Math.round(data.fan_times.at(-1));
    const years = Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((v) => (last - v) % 2 === 0);
    const unit = data.units[point.leading_definition];
    const c = chart(svg, [first, last + 0.05], [y[0], y.at(-1)], { x: years, y }, `Chinese lead, ${unit}`);
    const at = (k) => now.fan.map((row, i) => [data.fan_times[i], row[k]]);
    const from = past.length ? [past.at(-1)] : [];
    const ribbon = (k) => [...from, ...at(k)];
    c.axes();
    c.band(ribbon(4), ribbon(0), colour, 0.15);
    c.band(ribbon(3), ribbon(1), colour, 0.25);
    c.path(ribbon(2), { stroke: colour, "stroke-width": 2.4 });
    c.path(past, { stroke: colour, "stroke-width": 2 });
    for (const [x, v] of past) c.dot(x, v, { fill: colour });
    c.path([[first, 0], [last, 0]], { class: "axis" });
    const median = now.fan.at(-1)[2];
    c.text(BOX.right + 4, c.py(median) + 4, "median", { fill: colour, "font-weight": "bold" });
    svg.setAttribute("aria-label", `The median Chinese lead in ${last} is ${minus(median.toPrecision(2))} ${unit}.`);
  }

  // The page.

  const atPoint = () => location.hash.includes("=");

  /** The surface, when the screen is near or the address names a point. By a script: files fetch nothing. */
  const bring = (root, message) =>
    new Promise((resolve) => {
      const script = document.createElement("script");
      script.onload = () => resolve(window.overtakeSurface);
      script.onerror = () => (message.textContent = "The sliders' data can't be loaded.");
      script.src = HERE + root.dataset.surface;
      const add = (wanted) => wanted && !script.isConnected && document.head.append(script);
      new IntersectionObserver((seen) => add(seen.at(-1).isIntersecting), { rootMargin: "800px" }).observe(root);
      addEventListener("hashchange", () => add(atPoint()));
      add(atPoint());
    });

  async function start(root) {
    const form = root.querySelector("form");
    const part = (name) => root.querySelector(`.explorer-${name}`);
    const controls = [...form.elements].filter((c) => c.name);
    const message = part("message");
    const current = () => Object.fromEntries(controls.map((c) => [c.name, c.value]));
    const baseline = current();
    root.hidden = false;
    const data = await bring(root, message);
    const base = named(data, evaluate(data, baseline));
    const changed = () => controls.filter((c) => c.value !== baseline[c.name]);

    function command() {
      const words = changed().map((c) =>
        c.tagName === "SELECT" ? c.selectedOptions[0].dataset.argument : `${c.name}=${c.value}`,
      );
      return [data.command, ...words].join(" -p ");
    }

    // A slider that does not matter says so, and stays still.
    function settle(point) {
      const surface = findSurface(data, point);
      for (const c of controls) {
        if (c.name === "leading_definition") continue;
        const matters = c.name === "import_regime" ? surface : surface?.axes.includes(c.name);
        c.disabled = !matters;
        const note = document.getElementById(`${c.id}-note`);
        const name = data.definitions[point.leading_definition].toLowerCase();
        note.textContent = matters ? note.dataset.meaning : `Does not matter by ${name}.`;
        const shown = form.querySelector(`output[for="${c.id}"]`);
        if (shown) shown.textContent = `${minus(c.value)}${shown.dataset.unit}`;
      }
    }

    function show() {
      const point = current();
      const now = named(data, evaluate(data, point));
      settle(point);
      part("answer").textContent = answer(data, now, base);
      part("summary").textContent = summary(data, point, now);
      part("command code").textContent = command();
      drawChances(part("chance"), data, now, base);
      part("fan-figure").hidden = !now.fan;
      if (now.fan) drawFan(part("fan"), data, point, now);
    }

    function address() {
      const words = changed().map((c) => `${c.name}=${encodeURIComponent(c.value)}`);
      return words.length ? `#${words.join("&")}` : "";
    }

    const remember = () =>
      history.replaceState(null, "", location.pathname + location.search + address());

    function reset() {
      for (const c of controls) c.value = baseline[c.name];
    }

    /** Take a value from the address; return what is wrong with it, or nothing. */
    function take(name, value) {
      const control = controls.find((c) => c.name === name);
      if (!control) return `“${name}” is no control of this page.`;
      if (control.tagName === "SELECT") {
        const options = [...control.options].map((o) => o.value);
        if (!options.includes(value)) return `“${value}” is no value of ${name}: ${options.join(", ")}.`;
        control.value = value;
        return "";
      }
      if (value.trim() === "" || !Number.isFinite(Number(value))) return `“${value}” is no number for ${name}.`;
      control.value = value;
      if (Number(control.value) === Number(value)) return "";
      return `${name} goes from ${control.min} to ${control.max} in steps of ${control.step}: ${value} became ${control.value}.`;
    }

    /** Restore the point that the address names, if it names one. */
    function restore() {
      if (!atPoint()) return false;
      reset();
      const problems = [...new URLSearchParams(location.hash.slice(1))].map(([name, value]) => take(name, value));
      message.textContent = problems.filter(Boolean).join(" ");
      return true;
    }

    async function copy(text, told) {
      try {
        await navigator.clipboard.writeText(text);
        message.textContent = told;
      } catch {
        message.textContent = `Copy it from here: ${text}`;
      }
    }

    const actions = {
      reset: () => {
        reset();
        message.textContent = "";
        show();
        remember();
      },
      link: () => {
        remember();
        return copy(location.href, "The link is copied.");
      },
      command: () => copy(command(), "The command is copied."),
    };

    form.addEventListener("input", show);
    form.addEventListener("change", () => {
      message.textContent = "";
      remember();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    root.addEventListener("click", (event) => actions[event.target.dataset.action]?.());
    addEventListener("hashchange", () => restore() && show());
    const shared = restore();
    show();
    if (shared) root.scrollIntoView();
    // For tests and measurements: the same functions that the page uses.
    root.explorer = { data, evaluate: (point) => evaluate(data, point), show, current };
  }

  document.querySelectorAll(".overtake-explorer").forEach(start);
})();
