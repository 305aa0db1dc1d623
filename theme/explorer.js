/* Evaluates the surface, whose numbers come when they are wanted, and draws it. Not a module:
   browsers refuse those to pages opened from a file. assumptions.js is loaded before it. */
(() => {
  "use strict";

  const own = window.overtakeAssumptions;
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

  const year = (date) => date.slice(0, 4);
  const minus = (text) => String(text).replace("-", "−");

  const worded = (data, p) => `${percent(p)} (${onScaleOf(data.likelihood, p)})`;

  /** The chance in a line; a move that the smoothing may have made is called none. */
  function answer(data, now, base) {
    const [p, before] = [now, base].map((o) => o.held.at(-1).value);
    const same = p !== before && Math.abs(p - before) * 100 < data.missed.max;
    const within = now.within?.held.at(-1);
    return (
      `Lead by January ${year(data.dates.at(-1))}: ${worded(data, p)}` +
      (within ? `, from ${percent(within.low)} to ${percent(within.high)} within your ranges` : "") +
      `; baseline ${percent(before)}` + (same ? ", a difference too small to tell." : ".")
    );
  }

  function summary(data, point, now) {
    const { low, high } = now.held.at(-1);
    const interval = now.within
      ? "These are means over your ranges, every value in them as likely as another. "
      : `${Math.round(100 * data.level)}% range by the joint model for ${year(data.dates.at(-1))}: ` +
        `${percent(low)} to ${percent(high)}. `;
    return (
      `By January ${year(data.dates.at(-3))}: ${worded(data, now.held.at(-3).value)}. ${interval}` +
      `Ahead on 10 January ${year(data.dates.at(-1))}: ${percent(now.terminal.at(-1).value)}. ` +
      `Leading is by ${data.definitions[point.leading_definition].toLowerCase()}.`
    );
  }

  // Verdicts, by the rule of the ledger: where the chance lies on its scale.

  const onScaleOf = (bands, p) => {
    const rounded = Number(clip(p).toFixed(12));
    return bands.find((b) => rounded < b.upper || (b.includes_upper && rounded === b.upper)).word;
  };

  /** A line for each verdict that the chances give: [words, whether it changes]. */
  function verdicts(data, now, base) {
    return data.verdicts.map(({ says, kind, place }) => {
      const [p, before] = [now, base].map((o) => o[kind].at(place).value);
      const word = (chance) => onScaleOf(data.verdict_scale, chance);
      const [is, was] = [word(p), word(before)];
      const shift = data.missed.max / 100;
      const others = new Set([word(p - shift), word(p + shift)]);
      const close = is !== was && others.size > 1 ? " So near the border a full run decides." : "";
      return is === was
        ? [`“${says}” stays ${is} (${percent(before)}, now ${percent(p)}).`, false]
        : [`“${says}” changes from ${was} (${percent(before)}) to ${is} (${percent(p)}).${close}`, true];
    });
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
    const y = roundScale([25, ...[...(now.within?.held ?? now.held), ...now.terminal, ...base.held].map((e) => 100 * e.high)]);
    const top = Math.min(100, y.at(-1));
    const ticks = { x: years, y: y.filter((v) => v <= top) };
    const c = chart(svg, [years[0] - 0.2, years.at(-1) + 0.1], [0, top], ticks, "Chance, %, on 10 January of the year");
    const likely = Math.round(100 * data.likely_from);
    if (top > likely) c.rect(likely, top, data.colours.reference, 0.18);
    c.rect(0, 100 * data.unlikely_below, data.colours.reference, 0.13);
    c.axes();
    const band = now.within?.held ?? now.held;
    c.band(at(band, "high"), at(band, "low"), colour, 0.2);
    if (now.within) {
      for (const end of ["high", "low"]) c.path(at(band, end), { stroke: colour, "stroke-dasharray": "1 3" });
    }
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

  /** All that the page shows of settings: outcomes, of ranges their means, and how far they move. */
  function answerTo(data, settings, definition = settings.values.leading_definition) {
    const surface = findSurface(data, { ...settings.values, leading_definition: definition });
    const values = Object.fromEntries(
      Object.entries({ ...settings.values, leading_definition: definition }).map(([name, value]) =>
        [name, own.isRange(value) && !surface?.axes.includes(name) ? value[0] : value]),
    );
    const { mean, least, most } = own.spread({ values }, (point) => evaluate(data, point));
    const now = named(data, mean);
    if (!Object.values(values).some(own.isRange)) return now;
    const [low, high] = [least, most].map((outcomes) => named(data, outcomes));
    const ends = (kind) => now[kind].map((_, i) => ({ low: low[kind][i].value, high: high[kind][i].value }));
    now.fan = named(data, evaluate(data, own.middle({ values }))).fan;
    now.within = Object.fromEntries(data.kinds.map((kind) => [kind, ends(kind)]));
    return now;
  }

  async function start(root) {
    const form = root.querySelector("form");
    const part = (name) => root.querySelector(`.explorer-${name}`);
    const controls = [...form.elements].filter((c) => c.name && c.name !== "scenario");
    const picked = form.elements.scenario;
    const message = part("message");
    root.hidden = false;
    const data = await bring(root, message);
    const baseline = own.settingsOf(data);
    const base = answerTo(data, baseline);
    const judged = (settings) => answerTo(data, settings, data.judged_by);
    let kept = "";

    // Controls and their second thumbs.

    const upper = (c) => document.getElementById(`${c.id}-high`);
    const rangeButton = (c) => form.querySelector(`[data-range="${c.name}"]`);
    const labelOf = (c) => c.labels[0].textContent;

    const current = () => {
      const values = controls.map((c) => [c.name, upper(c) ? [c.value, upper(c).value] : c.value]);
      return { kept, values: Object.fromEntries(values) };
    };

    /** Give a slider one thumb, or two for a range. */
    function setThumbs(c, two) {
      rangeButton(c)?.setAttribute("aria-pressed", two);
      if (two === Boolean(upper(c))) return;
      if (two) {
        const second = c.cloneNode();
        second.id = `${c.id}-high`;
        second.removeAttribute("name");
        second.setAttribute("aria-label", `${labelOf(c)}, upper end`);
        c.setAttribute("aria-label", `${labelOf(c)}, lower end`);
        c.after(second);
      } else {
        upper(c).remove();
        c.removeAttribute("aria-label");
      }
    }

    function set(settings) {
      kept = settings.kept;
      for (const c of controls) {
        const value = settings.values[c.name];
        setThumbs(c, own.isRange(value));
        [c.value] = own.isRange(value) ? value : [value];
        if (own.isRange(value)) upper(c).value = value[1];
      }
    }

    function toggleRange(c) {
      const slider = data.sliders.find((s) => s.name === c.name);
      const { values } = current();
      const value = values[c.name];
      const aside = (slider.high - slider.low) / 10;
      values[c.name] = own.isRange(value)
        ? own.fitted(slider, (Number(value[0]) + Number(value[1])) / 2)
        : [-aside, aside].map((by) => own.fitted(slider, Number(value) + by));
      set({ kept, values });
    }

    /** A thumb that passes the other takes it along. */
    function order(moved) {
      const c = controls.find((each) => each === moved || upper(each) === moved);
      const second = c && upper(c);
      if (second && Number(c.value) > Number(second.value)) (moved === c ? second : c).value = moved.value;
    }

    function command(settings) {
      if (Object.values(settings.values).some(own.isRange)) return data.sweep;
      const from = own.settingsOf(data, kept).values;
      const changed = controls.filter((c) => c.value !== from[c.name]).map((c) =>
        c.tagName === "SELECT" ? c.selectedOptions[0].dataset.argument : `${c.name}=${c.value}`,
      );
      return [kept ? `${data.command} -s ${kept}` : data.command, ...changed].join(" -p ");
    }

    // What the page says.

    const told = (c, value) => `${(own.isRange(value) ? value : [value]).map(minus).join(" to ")}` +
      (form.querySelector(`output[for="${c.id}"]`)?.dataset.unit ?? "");

    // A slider that does not matter says so, and stays still.
    function settle({ values }) {
      const surface = findSurface(data, values);
      for (const c of controls) {
        const shown = form.querySelector(`output[for="${c.id}"]`);
        if (shown) shown.textContent = told(c, values[c.name]);
        if (c.name === "leading_definition") continue;
        const matters = c.name === "import_regime" ? surface : surface?.axes.includes(c.name);
        for (const each of [c, upper(c), rangeButton(c)]) if (each) each.disabled = !matters;
        const note = document.getElementById(`${c.id}-note`);
        const name = data.definitions[values.leading_definition].toLowerCase();
        note.textContent = matters ? note.dataset.meaning : `Does not matter by ${name}.`;
      }
    }

    function tellScenario(settings) {
      const name = own.named(data, settings);
      picked.value = name;
      const found = data.scenarios.find((s) => s.name === (name || kept));
      const others = Object.entries(kept ? found.others : {}).map(([n, v]) => `${n} = ${v}`);
      part("kept").textContent = [
        others.length && `“${found.title}” also sets ${others.join(" and ")}, which no control here moves: ` +
          "the answer above leaves that out; link, file and command keep it.",
        name && found.chance !== null && name !== data.scenarios[0].name &&
          `Its full run gives ${percent(found.chance)}. ` + (found.verdicts.length
            ? `Over all chapters it changes ${found.verdicts.join("; ")}.`
            : "It changes no verdict of any chapter."),
      ].filter(Boolean).join(" ");
    }

    function tellVerdicts(settings) {
      const lines = verdicts(data, judged(settings), judged(baseline));
      part("verdicts").replaceChildren(...lines.map(([words, changes]) => {
        const line = document.createElement("li");
        line.append(changes ? Object.assign(document.createElement("strong"), { textContent: words }) : words);
        return line;
      }));
    }

    function show() {
      const settings = current();
      const point = own.middle(settings);
      const now = answerTo(data, settings);
      settle(settings);
      tellScenario(settings);
      tellVerdicts(settings);
      part("answer").textContent = answer(data, now, base);
      part("summary").textContent = summary(data, point, now);
      part("command code").textContent = command(settings);
      part("band").textContent = part("band").dataset[now.within ? "ranges" : "point"];
      part("middles").hidden = !now.within;
      part("of-ranges").hidden = !now.within;
      drawChances(part("chance"), data, now, base);
      part("fan-figure").hidden = !now.fan;
      if (now.fan) drawFan(part("fan"), data, point, now);
    }

    const remember = () => {
      const link = own.toLink(data, current());
      history.replaceState(null, "", location.pathname + location.search + (link && `#${link}`));
    };

    function renew() {
      message.textContent = "";
      show();
      remember();
    }

    /** Restore the settings that the address names, if it names any. */
    function restore() {
      if (!atPoint()) return false;
      const { settings, problems } = own.fromLink(data, location.hash.slice(1));
      set(settings);
      message.textContent = problems.join(" ");
      return true;
    }

    // What a reader takes away.

    const here = () => location.protocol.startsWith("http") ? location.href.split("#")[0] : data.address;

    async function copy(text, done) {
      try {
        await navigator.clipboard.writeText(text);
        message.textContent = done;
      } catch {
        message.textContent = `Copy it from here: ${text}`;
      }
    }

    function save(name, text, type) {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
      message.textContent = `${name} is saved.`;
    }

    function picture() {
      const settings = current();
      const charts = [...root.querySelectorAll(".explorer-charts figure:not([hidden])")].map((figure) => ({
        svg: figure.querySelector("svg"),
        caption: figure.querySelector("figcaption").innerText,
      }));
      const lines = controls.map((c) => {
        const value = settings.values[c.name];
        const words = c.tagName === "SELECT" ? c.selectedOptions[0].textContent : told(c, value);
        return [`${labelOf(c)}: ${words}`, String(value) !== baseline.values[c.name]];
      });
      const link = own.toLink(data, settings);
      return own.toPicture(`Chance of a Chinese l${part("answer").textContent.slice(1)}`, charts, lines, [
        ...[part("kept").textContent, "Bold: other than in the book. What has no control is as there."].filter(Boolean),
        data.data_until, `${here()}${link && `#${link}`}`, data.origin_line,
      ]);
    }

    const actions = {
      reset: () => {
        set(baseline);
        renew();
      },
      link: () => {
        remember();
        return copy(location.href, "The link is copied.");
      },
      command: () => copy(command(current()), "The command is copied."),
      file: () => save(`${own.FILE}.yml`, own.toFile(data, current(), here()), "application/yaml"),
      picture: () => save(`${own.FILE}.svg`, picture(), "image/svg+xml"),
    };

    form.addEventListener("input", (event) => {
      if (event.target === picked) set(own.settingsOf(data, picked.value));
      order(event.target);
      show();
    });
    form.addEventListener("change", () => {
      message.textContent = "";
      remember();
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    root.addEventListener("click", ({ target }) => {
      actions[target.dataset.action]?.();
      if (!target.dataset.range) return;
      toggleRange(controls.find((c) => c.name === target.dataset.range));
      renew();
    });
    addEventListener("hashchange", () => restore() && show());
    // Who has picked or moved before the surface came loses nothing.
    if (picked.value !== data.scenarios[0].name) set(own.settingsOf(data, picked.value));
    const shared = restore();
    show();
    if (shared) root.scrollIntoView();
    // For tests and measurements: the same functions that the page uses.
    root.explorer = {
      data, show, current, set, picture, evaluate: (point) => evaluate(data, point),
      answerTo: (settings) => answerTo(data, settings),
    };
  }

  document.querySelectorAll(".overtake-explorer").forEach(start);
})();
