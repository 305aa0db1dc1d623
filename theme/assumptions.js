/* A reader's own assumptions: settings to and from a link, as a scenario's file, as a picture.
   Settings are {kept, values}: the name of a scenario whose other values are kept, or "", and for
   each control its value as text, or both ends of a range. Knows the surface's data, no page. */
window.overtakeAssumptions = (() => {
  "use strict";

  const isRange = (value) => Array.isArray(value);
  const number = (value) => (isRange(value) ? (Number(value[0]) + Number(value[1])) / 2 : Number(value));
  const scenario = (data, name) => data.scenarios.find((s) => s.name === name);
  const names = (data) => [...Object.keys(data.choices), ...data.sliders.map((s) => s.name)];

  /** Where the controls start, or where a scenario sets them. */
  function settingsOf(data, name = "") {
    const found = scenario(data, name);
    const values = names(data).map((n) => [n, String(found?.values[n] ?? data.baseline[n])]);
    return { kept: found && Object.keys(found.others).length ? name : "", values: Object.fromEntries(values) };
  }

  const same = (a, b) => String(a) === String(b);
  const differing = (values, from) => Object.keys(values).filter((name) => !same(values[name], from[name]));

  /** The scenario that these settings are, or "". */
  const named = (data, settings) =>
    data.scenarios.find((s) => {
      const its = settingsOf(data, s.name);
      return its.kept === settings.kept && !differing(settings.values, its.values).length;
    })?.name ?? "";

  // A link.

  const written = (text) => encodeURIComponent(text).replaceAll("%20", "+");

  /** The part of the address behind "#": what differs from the baseline or the kept scenario. */
  function toLink(data, { kept, values }) {
    const from = settingsOf(data, kept).values;
    const words = differing(values, from).map((name) => {
      const value = values[name];
      return `${name}=${isRange(value) ? value.map(written).join("..") : written(value)}`;
    });
    return [...(kept ? [`scenario=${kept}`] : []), ...words].join("&");
  }

  /** A value as the slider has it: within its ends and on one of its steps. */
  function fitted(slider, value) {
    const inside = Math.min(Math.max(value, slider.low), slider.high);
    const steps = Math.round((inside - slider.low) / slider.step + 1e-9);
    return String(Number((slider.low + steps * slider.step).toFixed(6)));
  }

  const isNumber = (text) => text.trim() !== "" && Number.isFinite(Number(text));

  /** Read one value of a link: [value, or undefined, and what is wrong with it, or ""]. */
  function readValue(data, name, text) {
    if (!names(data).includes(name)) return [undefined, `“${name}” is no control of this page.`];
    const options = data.choices[name];
    if (options) {
      return options.includes(text) ? [text, ""]
        : [undefined, `“${text}” is no value of ${name}: ${options.join(", ")}.`];
    }
    const slider = data.sliders.find((s) => s.name === name);
    const ends = text.split("..");
    if (ends.length > 2 || !ends.every(isNumber)) return [undefined, `“${text}” is no number for ${name}.`];
    const fit = ends.map((end) => fitted(slider, Number(end)));
    const moved = fit.some((end, i) => Number(end) !== Number(ends[i]));
    const told = moved
      ? `${name} goes from ${slider.low} to ${slider.high} in steps of ${slider.step}: ${text} became ${fit.join("..")}.`
      : "";
    const [low, high] = fit.length > 1 ? fit.sort((a, b) => a - b) : [fit[0], fit[0]];
    return [low === high ? low : [low, high], told];
  }

  /** Settings from the part of an address behind "#", and what in it is wrong. */
  function fromLink(data, text) {
    const given = [...new URLSearchParams(text)];
    const problems = [];
    const begun = given.find(([name]) => name === "scenario")?.[1] ?? "";
    if (begun && !scenario(data, begun)) {
      problems.push(`“${begun}” is no scenario of this page: ${data.scenarios.map((s) => s.name).join(", ")}.`);
    }
    const settings = settingsOf(data, begun);
    for (const [name, value] of given) {
      if (name === "scenario") continue;
      const [read, problem] = readValue(data, name, value);
      if (problem) problems.push(problem);
      if (read !== undefined) settings.values[name] = read;
    }
    return { settings, problems };
  }

  // A scenario's file, as overtake/runs/scenarios.py reads it.

  const FILE = "my-assumptions";

  /** Parameters of the chapter that are not at their defaults: {values, ranges}. */
  function given(data, { kept, values }) {
    const found = { values: { ...scenario(data, kept)?.others }, ranges: {} };
    for (const name of differing(values, settingsOf(data).values)) {
      (isRange(values[name]) ? found.ranges : found.values)[name] = values[name];
    }
    return found;
  }

  function mapping(title, chapter, lines) {
    return lines.length ? [`${title}:`, `  ${chapter}:`, ...lines.map((line) => `    ${line}`)] : [];
  }

  function toFile(data, settings, address) {
    const { values, ranges } = given(data, settings);
    const points = Object.entries(values).map(([name, value]) => `${name}: ${value}`);
    const spans = Object.entries(ranges).map(([name, [low, high]]) => `${name}: {low: ${low}, high: ${high}}`);
    return [
      `name: ${FILE}`,
      "title: My assumptions",
      "argument: >-",
      `  Set by a reader of ${data.origin}.`,
      `  The page with these settings: \`${address}#${toLink(data, settings)}\``,
      ...(points.length ? mapping("parameters", data.chapter, points) : ["parameters: {}"]),
      ...mapping("ranges", data.chapter, spans),
      "",
    ].join("\n");
  }

  // Ranges: every value between the ends as likely as another, one independently of the others.

  const POINTS = 128;

  /** Points that fill a cube evenly, the same every time: Roberts' sequence, of the first root of x^(d+1) = x + 1. */
  function evenPoints(dimensions) {
    let root = 1.5;
    for (let i = 0; i < 60; i++) root = (1 + root) ** (1 / (dimensions + 1));
    const steps = Array.from({ length: dimensions }, (_, j) => root ** -(j + 1));
    return Array.from({ length: POINTS }, (_, i) => steps.map((step) => (0.5 + step * (i + 1)) % 1));
  }

  /** The settings as one point: of each range the middle. */
  const middle = (settings) =>
    Object.fromEntries(Object.entries(settings.values).map(([n, v]) => [n, isRange(v) ? String(number(v)) : v]));

  /** Mean, smallest and largest of all outcomes over the ranges; over none all are the same. */
  function spread(settings, evaluate) {
    const point = middle(settings);
    const at = evaluate(point);
    const moved = Object.entries(settings.values).filter(([, value]) => isRange(value));
    if (!moved.length) return { mean: at, least: at, most: at };
    const between = (us) =>
      evaluate({
        ...point,
        ...Object.fromEntries(moved.map(([n, [low, high]], j) => [n, Number(low) + us[j] * (high - low)])),
      });
    const inside = evenPoints(moved.length).map(between);
    const corners = Array.from({ length: 2 ** moved.length }, (_, k) => between(moved.map((_, j) => (k >> j) & 1)));
    const all = [...inside, ...corners];
    return {
      mean: at.map((_, k) => inside.reduce((sum, o) => sum + o[k], 0) / POINTS),
      least: at.map((_, k) => Math.min(...all.map((o) => o[k]))),
      most: at.map((_, k) => Math.max(...all.map((o) => o[k]))),
    };
  }

  // A picture: what the charts show, with the assumptions and where it is from.

  const SVG = "http://www.w3.org/2000/svg";
  const WIDTH = 800;
  const STYLE =
    "text{font-family:'DejaVu Sans',Verdana,Arial,sans-serif;font-size:13px}text:not([fill]){fill:#1a1a1a}" +
    ".axis{fill:none;stroke:#1a1a1a}.grid{stroke:#ddd}.open{fill:#fff;stroke-width:1.6}" +
    ".title{font-size:17px;font-weight:bold}.small{font-size:10px;fill:#5a5a5a}.changed{font-weight:bold}";

  function wrapped(text, characters) {
    const lines = [""];
    for (const word of text.match(/\S{1,120}\s*/g) ?? []) {
      if ((lines.at(-1) + word).trimEnd().length > characters && lines.at(-1)) lines.push("");
      lines[lines.length - 1] += word;
    }
    return lines.map((line) => line.trimEnd());
  }

  /** An SVG's text: a title, charts side by side, lines of [text, is it changed], and small print. */
  function toPicture(title, charts, assumptions, small) {
    const page = document.implementation.createDocument(SVG, "svg");
    const root = page.documentElement;
    let y = 0;
    const add = (parent, name, attributes, text) => {
      const made = page.createElementNS(SVG, name);
      for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
      if (text !== undefined) made.textContent = text;
      parent.append(made);
      return made;
    };
    const lines = (all, step, attributes, x = 16) => {
      for (const line of all) add(root, "text", { x, y: (y += step), ...attributes }, line);
    };
    const ground = add(root, "rect", { width: WIDTH, fill: "#fff" });
    y = 12;
    lines(wrapped(title, 78), 22, { class: "title" });
    y += 8;
    charts.forEach(({ svg, caption }, i) => {
      const x = 10 + i * 395;
      const place = add(root, "svg", { x, y: y + 44, width: 380, height: 270, viewBox: "0 0 380 270" });
      for (const child of svg.children) place.append(page.importNode(child, true));
      wrapped(caption, 62).forEach((line, k) =>
        add(root, "text", { x: x + 6, y: y + 13 + 13 * k, class: "small" }, line));
    });
    y += 326;
    add(root, "text", { x: 16, y: (y += 16), class: "title" }, "Assumptions");
    y += 4;
    for (const [text, changed] of assumptions) lines(wrapped(text, 100), 19, changed ? { class: "changed" } : {});
    y += 8;
    for (const text of small) lines(wrapped(text, 125), 14, { class: "small" });
    y += 12;
    ground.setAttribute("height", y);
    root.setAttribute("width", WIDTH);
    root.setAttribute("height", y);
    root.setAttribute("viewBox", `0 0 ${WIDTH} ${y}`);
    // As text: the page's policy allows no style that a script adds.
    return new XMLSerializer().serializeToString(page).replace(">", `><style>${STYLE}</style>`);
  }

  return { FILE, isRange, settingsOf, named, differing, toLink, fromLink, fitted, given, toFile, middle, spread, toPicture };
})();
