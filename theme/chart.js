/* A figure's rows as a chart, drawn by uPlot. interactive.js fetches this file when a reader
   first asks for a chart. Not a module: browsers refuse those to pages opened from a file. */
(() => {
  "use strict";

  const FONT = "13px system-ui, sans-serif";
  const HEIGHT = 380;
  const ROW = 26;
  const LINE = 15;
  const NEAR_PIXELS = 60;
  const ZOOM_STEP = 0.6;
  const FADED = 0.18;

  // Numbers and dates as readers see them.

  const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });
  const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  const raised = (n) =>
    String(n).replace(/./g, (c) => (c === "-" ? "⁻" : SUPERSCRIPTS[Number(c)]));

  function number(value) {
    const size = Math.abs(value);
    if (size !== 0 && (size >= 1e6 || size < 1e-3)) {
      const [digits, power] = value.toExponential(1).split("e");
      return `${digits.replace("-", "−")} × 10${raised(Number(power))}`;
    }
    const shown = value.toLocaleString("en", { maximumSignificantDigits: 3 });
    return shown.replace("-", "−");
  }

  function percent(value) {
    const points = 100 * value;
    if (points > 0 && points < 0.1) return "under 0.1%";
    return `${points < 99 ? points.toPrecision(2) : Number(points.toPrecision(3))}%`;
  }

  const isDay = (text) => /^\d{4}-\d\d-\d\d/.test(text);
  const day = (text) => DAY.format(new Date(`${text.slice(0, 10)}T00:00:00Z`));
  const words = (cell) => {
    if (typeof cell === "number") return number(cell);
    return isDay(cell) ? day(cell) : cell;
  };
  const shownBy = { share: percent, number, date: (v) => DAY.format(new Date(v * 1000)) };
  // A year is a number that is not grouped.
  const xWords = (axis, value) => (axis.kind === "date" ? shownBy.date(value) : String(value));
  const marked = (layer) => ["points", "triangles", "bars"].includes(layer.mark);
  const whiskered = (layer) => marked(layer) && layer.interval_as === "band";

  // Rows of the CSV, by layer.

  /** Return how cells of the x axis become places on it; categories have one each. */
  function placing(content) {
    if (content.x.kind === "category") return (cell) => content.categories.indexOf(cell);
    if (content.x.kind !== "date") return (cell) => cell;
    return (cell) => Date.parse(`${cell.slice(0, 10)}T00:00:00Z`) / 1000;
  }

  /** A layer with its points; a view may want other rows than the layer's own. */
  function readLayer(content, layer, view) {
    const state = {
      shown: view.show?.length ? view.show.includes(layer.label) : layer.at_first === "shown",
      faded: Boolean(view.highlight?.length) && !view.highlight.includes(layer.label),
    };
    if (layer.through.length) {
      const points = layer.through.map(([x, y, ...ends]) => ({
        x, y, interval: ends.length ? ends : null, details: [],
      }));
      return { ...layer, ...state, points };
    }
    const at = Object.fromEntries(content.columns.map((name, i) => [name, i]));
    const place = placing(content);
    const wanted = Object.entries(layer.where).map(([n, value]) => [n, view.where?.[n] ?? value]);
    const pair = (row, names) => names && names.map((name) => row[at[name]]);
    const points = content.rows
      .filter((row) => wanted.every(([name, value]) => String(row[at[name]]) === value))
      .filter((row) => typeof row[at[layer.y]] === "number")
      .map((row) => ({
        x: place(row[at[content.x.column]]),
        y: row[at[layer.y]],
        interval: pair(row, layer.interval),
        inner: pair(row, layer.inner),
        details: content.details.map((d) => ({ label: d.label, value: row[at[d.column]] })),
      }))
      .sort((a, b) => a.x - b.x);
    return { ...layer, ...state, points };
  }

  /** Put the points of several layers in one category beside each other. */
  function spread(layers) {
    const taken = layers.flatMap((layer) => [...new Set(layer.points.map((point) => point.x))]);
    if (new Set(taken).size === taken.length) return;
    layers.forEach((layer, i) => {
      const off = (i - (layers.length - 1) / 2) * Math.min(0.24, 0.8 / layers.length);
      for (const point of layer.points) point.x += off;
    });
  }

  /** One table for uPlot: a line for each place on x, several where a layer has several there. */
  function aligned(layers) {
    const keys = new Map();
    for (const layer of layers) {
      const seen = new Map();
      for (const point of layer.points) {
        const again = seen.get(point.x) ?? 0;
        seen.set(point.x, again + 1);
        point.key = `${point.x} ${again}`;
        keys.set(point.key, point.x);
      }
    }
    const order = [...keys].sort((a, b) => a[1] - b[1]);
    const rowOf = new Map(order.map(([key], i) => [key, i]));
    const fill = (layer, value) => {
      const column = new Array(order.length).fill(null);
      for (const point of layer.points) column[rowOf.get(point.key)] = value(point);
      return column;
    };
    return { x: order.map(([, x]) => x), fill };
  }

  // Colours: the picture's; lighter on a dark page.

  const channels = (colour) => colour.match(/[\d.]+/g).map(Number);

  function isDark(element) {
    for (let e = element; e; e = e.parentElement) {
      const [r, g, b, a = 1] = channels(getComputedStyle(e).backgroundColor);
      if (a > 0) return 0.2126 * r + 0.7152 * g + 0.0722 * b < 110;
    }
    return false;
  }

  function palette(element) {
    const dark = isDark(element);
    const lighter = (channel) => Math.round(dark ? channel + (255 - channel) * 0.45 : channel);
    const rgb = (hex) => [1, 3, 5].map((i) => lighter(parseInt(hex.slice(i, i + 2), 16)));
    const [ink, grid] = dark ? ["#E8E8E8", "#454545"] : ["#1A1A1A", "#E3E3E3"];
    const line = (hex) => (hex === "#1A1A1A" ? ink : `rgb(${rgb(hex)})`);
    const veil = (hex, alpha) => `rgba(${[...rgb(hex), alpha]})`;
    return { ink, grid, reference: dark ? "#A8A8A8" : "#6B6B6B", line, veil };
  }

  // The chart.

  const LINES = {
    points: () => ({ paths: () => null }),
    triangles: () => ({ paths: () => null }),
    bars: () => ({ paths: () => null, points: { show: false } }),
    line: () => ({ points: { show: false } }),
    "dotted line": () => ({}),
    steps: () => ({ paths: uPlot.paths.stepped({ align: 1 }) }),
  };

  function triangles(u, index, colour) {
    const size = 5 * devicePixelRatio;
    const { ctx } = u;
    ctx.save();
    ctx.fillStyle = colour;
    u.data[0].forEach((x, i) => {
      const y = u.data[index][i];
      if (y === null || x < u.scales.x.min || x > u.scales.x.max) return;
      const spot = [u.valToPos(x, "x", true), u.valToPos(y, "y", true)];
      const [left, top] = u.scales.x.ori ? spot.reverse() : spot;
      ctx.beginPath();
      ctx.moveTo(left, top - size);
      ctx.lineTo(left + size, top + size);
      ctx.lineTo(left - size, top + size);
      ctx.fill();
    });
    ctx.restore();
    return false;
  }

  /** Rows at which a line steps up: its other rows only carry it on, and get no dot. */
  function stepsUp(u, index) {
    const found = [];
    let before = null;
    u.data[index].forEach((y, i) => {
      if (y !== null && y !== before) found.push(i);
      before = y ?? before;
    });
    return found;
  }

  function seriesOf(layer, colours, index) {
    const colour = layer.faded ? colours.veil(layer.colour, FADED) : colours.line(layer.colour);
    const dots = {
      show: true,
      size: 7,
      stroke: colour,
      fill: marked(layer) && !layer.faded ? colours.veil(layer.colour, 0.6) : colour,
    };
    if (layer.mark === "steps") dots.filter = stepsUp;
    if (layer.mark === "triangles") dots.show = (u) => triangles(u, index, colour);
    return {
      label: layer.label,
      stroke: colour,
      width: 2,
      dash: layer.stroke === "dashed" ? [6, 4] : undefined,
      spanGaps: true,
      points: dots,
      ...LINES[layer.mark](),
    };
  }

  /** Series, their columns and the bands between them; `layer.series` are those of a layer. */
  function assemble(layers, colours) {
    const table = aligned(layers);
    const series = [{}];
    const data = [table.x];
    const bands = [];
    for (const layer of layers) {
      const isBand = !marked(layer) && layer.interval_as === "band";
      const pairs = isBand ? [["interval", 0.16], ["inner", 0.26]] : [];
      layer.series = [];
      for (const [name, alpha] of pairs) {
        if (!layer.points.every((point) => point[name])) continue;
        for (const end of [1, 0]) {
          layer.series.push(series.length);
          data.push(table.fill(layer, (point) => point[name][end]));
          series.push({ stroke: "transparent", width: 0, points: { show: false }, spanGaps: true });
        }
        const low = series.length - 1;
        bands.push({
          series: [low - 1, low],
          fill: colours.veil(layer.colour, layer.faded ? alpha / 4 : alpha),
        });
      }
      layer.series.push(series.length);
      data.push(table.fill(layer, (point) => point.y));
      series.push(seriesOf(layer, colours, series.length));
    }
    return { series, data, bands };
  }

  function padded(low, high, scale, share) {
    if (scale === "log") {
      const factor = Math.max(high / low, 10) ** share;
      return [low / factor, high * factor];
    }
    const gap = (high - low || Math.abs(high) || 1) * share;
    return [low - gap, high + gap];
  }

  /** Whole powers of ten, or 1, 2 and 5 of each where fewer than two would show. */
  function logTicks(low, high) {
    const first = Math.ceil(Math.log10(low) - 1e-9);
    const last = Math.floor(Math.log10(high) + 1e-9);
    const step = Math.ceil((last - first + 1) / 6);
    const powers = [];
    for (let p = Math.ceil(first / step) * step; p <= last; p += step) powers.push(p);
    if (powers.length > 1) return powers.map((p) => 10 ** p);
    const found = [];
    for (let p = first - 1; p <= last; p++) found.push(...[1, 2, 5].map((n) => n * 10 ** p));
    return found.filter((v) => v >= low && v <= high);
  }

  function axisOf(axis, colours) {
    const values = {
      share: (_, splits) => splits.map((v) => (v === null ? "" : `${Math.round(100 * v)}`)),
      number: (_, splits) => splits.map((v) => (v === null ? "" : tick(v, axis.scale))),
    };
    return {
      label: axis.label,
      labelFont: FONT,
      font: FONT,
      stroke: colours.ink,
      grid: { stroke: colours.grid, width: 1 },
      ticks: { stroke: colours.grid, width: 1 },
      ...(axis.kind === "date" ? {} : { values: values[axis.kind] }),
    };
  }

  function tick(value, scale) {
    if (scale !== "log") return String(Number(value.toPrecision(12))).replace("-", "−");
    const power = Math.round(Math.log10(value));
    const isDecade = Math.abs(value / 10 ** power - 1) < 1e-9;
    return isDecade && Math.abs(power) > 4 ? `10${raised(power)}` : number(value);
  }

  function wrapped(ctx, text, most) {
    const [first, ...rest] = text.split(" ");
    return rest.reduce(
      (lines, word) => {
        const longer = `${lines.at(-1)} ${word}`;
        if (ctx.measureText(longer).width > most) return [...lines, word];
        return [...lines.slice(0, -1), longer];
      },
      [first],
    );
  }

  class Chart {
    constructor(root, content) {
      this.root = root;
      this.content = content;
      this.isRows = content.x.kind === "category";
      this.chosen = null;
      this.build();
      this.see({});
      this.watch();
    }

    /** Show what a view names, or with none all that is shown at first. */
    see(view) {
      const { content } = this;
      this.view = view;
      this.layers = content.layers
        .map((layer) => readLayer(content, layer, view))
        .filter((layer) => layer.points.length);
      this.full = this.isRows ? [-0.6, content.categories.length - 0.4] : this.fullRange();
      if (this.isRows) spread(this.layers);
      this.switches.replaceChildren(...this.layers.map((layer) => this.switchOf(layer)));
      this.switches.hidden = this.layers.length < 2;
      this.draw(view.x ?? this.full);
    }

    fullRange() {
      const xs = this.layers.flatMap((layer) => layer.points.map((point) => point.x));
      return padded(Math.min(...xs), Math.max(...xs), "linear", 0.03);
    }

    // Around the drawing: switches, buttons, and what is read out.

    build() {
      const add = (tag, className, text = "") => {
        const element = document.createElement(tag);
        element.className = className;
        element.textContent = text;
        return element;
      };
      this.switches = add("div", "interactive-switches");
      this.switches.setAttribute("role", "group");
      this.switches.setAttribute("aria-label", "Show or hide");
      this.box = add("div", "interactive-box");
      this.box.tabIndex = 0;
      this.box.setAttribute("role", "application");
      this.box.setAttribute(
        "aria-label",
        `${this.content.title}. Arrow keys move between points${this.isRows ? "" : ", plus and minus zoom, 0 resets"}.`,
      );
      this.ring = add("div", "interactive-ring");
      this.tip = add("div", "interactive-tip");
      for (const e of [this.ring, this.tip]) e.setAttribute("aria-hidden", "true");
      this.buttons = add("p", "interactive-buttons");
      for (const [words, action] of [
        ["Zoom in", () => this.zoom(ZOOM_STEP)],
        ["Zoom out", () => this.zoom(1 / ZOOM_STEP)],
        ["Earlier", () => this.pan(-0.5)],
        ["Later", () => this.pan(0.5)],
        ["Reset", () => this.reset()],
      ]) {
        const button = add("button", "", words);
        button.type = "button";
        button.addEventListener("click", action);
        this.buttons.append(button);
      }
      this.buttons.hidden = this.isRows;
      this.help = add(
        "p",
        "interactive-help",
        this.isRows
          ? "Point at a mark for its values; with the keyboard, arrow keys."
          : "Point at a mark for its values; drag to zoom; with the keyboard, arrow keys, + − and 0.",
      );
      this.said = add("p", "interactive-said");
      this.said.setAttribute("aria-live", "polite");
      this.root.append(this.switches, this.box, this.buttons, this.help, this.said);
    }

    switchOf(layer) {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = layer.shown;
      box.addEventListener("change", () => this.show(layer, box.checked));
      layer.swatch = document.createElement("span");
      layer.swatch.className = `interactive-swatch ${layer.stroke} ${layer.mark.split(" ").at(-1)}`;
      const count = marked(layer) && !this.isRows ? ` (n = ${layer.points.length})` : "";
      label.append(box, layer.swatch, `${layer.label}${count}`);
      return label;
    }

    // The drawing.

    draw(range = this.full) {
      this.plot?.destroy();
      this.clear();
      this.colours = palette(this.root);
      for (const layer of this.layers) {
        layer.swatch.style.color = this.colours.line(layer.colour);
      }
      const { series, data, bands } = assemble(this.layers, this.colours);
      const { x, y } = this.content;
      const rows = this.isRows;
      this.plot = new uPlot(
        {
          width: this.box.clientWidth,
          height: this.height(),
          padding: [12, this.labelWidth(), 0, 0],
          legend: { show: false },
          cursor: {
            points: { show: false },
            x: !rows,
            y: false,
            drag: { x: !rows, y: false, setScale: true },
            bind: { dblclick: () => () => this.reset() },
          },
          scales: {
            x: {
              time: x.kind === "date",
              range: (_, low, high) => [low, high],
              ...(rows && { ori: 1, dir: -1 }),
            },
            y: {
              distr: y.scale === "log" ? 3 : 1,
              range: (_, low, high) => this.yRange(low, high),
              ori: rows ? 0 : 1,
            },
          },
          tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
          axes: [this.xAxis(), this.yAxis()],
          series,
          bands,
          hooks: {
            drawAxes: [(u) => this.drawBelow(u)],
            draw: [(u) => this.drawLabels(u)],
            setScale: [(_, key) => key === "x" && this.clear()],
          },
        },
        data,
        this.box,
      );
      this.plot.over.append(this.ring, this.tip);
      this.plot.over.addEventListener("pointermove", (event) => this.point(event));
      this.plot.over.addEventListener("pointerdown", (event) => this.point(event));
      this.plot.over.addEventListener("pointerleave", () => this.clear());
      for (const layer of this.layers) if (!layer.shown) this.show(layer, false);
      this.to(...range);
    }

    xAxis() {
      const { x } = this.content;
      const axis = { ...axisOf(x, this.colours), scale: "x", labelSize: 22 };
      if (!this.isRows) return { ...axis, side: 2, space: 55, size: x.kind === "date" ? 50 : 32 };
      // The names of categories are ours: they may take several lines.
      const none = { show: false };
      return { ...axis, label: null, side: 3, size: this.namesWidth() + 10, values: () => [], grid: none, ticks: none };
    }

    yAxis() {
      const { y } = this.content;
      const axis = { ...axisOf(y, this.colours), scale: "y", labelSize: 22 };
      Object.assign(axis, this.isRows ? { side: 2, size: 32 } : { side: 3, size: 56 });
      if (y.scale !== "log") return axis;
      // All ticks are wanted: uPlot would keep only some of a logarithmic axis.
      const keep = (_, splits) => splits;
      return {
        ...axis,
        splits: (_, number, low, high) => logTicks(low, high),
        filter: keep,
        grid: { ...axis.grid, filter: keep },
        ticks: { ...axis.ticks, filter: keep },
      };
    }

    height() {
      if (!this.isRows) return HEIGHT;
      const tallest = Math.max(...this.names().map((lines) => lines.length));
      const row = Math.max(ROW, tallest * LINE + 6, this.layers.length * 14);
      return this.content.categories.length * row + 66;
    }

    namesWidth() {
      return Math.min(220, 0.4 * this.box.clientWidth);
    }

    /** The categories' names, each as lines that fit beside the drawing. */
    names() {
      const ctx = document.createElement("canvas").getContext("2d");
      ctx.font = FONT;
      return this.content.categories.map((name) => wrapped(ctx, name, this.namesWidth()));
    }

    yRange(low, high) {
      const { scale, limits } = this.content.y;
      if (this.view.y ?? limits) return this.view.y ?? limits;
      const ends = this.content.levels
        .filter((level) => level.axis === "y")
        .flatMap((level) => [level.value, level.to ?? level.value]);
      for (const layer of this.layers.filter((each) => each.shown && marked(each))) {
        if (layer.mark === "bars" && scale !== "log") ends.push(0);
        if (whiskered(layer)) ends.push(...layer.points.flatMap((p) => p.interval ?? []));
      }
      // Without anything shown there is no range; any will do.
      const all = low === null ? [1, 10] : [low, high, ...ends.filter((end) => end !== null)];
      return padded(Math.min(...all), Math.max(...all), scale, 0.06);
    }

    labelled() {
      return this.layers.filter((layer) => layer.mark.includes("line") || layer.mark === "steps");
    }

    labelWidth() {
      return this.labelled().length ? 92 : 12;
    }

    /** What lies below lines and points: names of categories, lines for scale, bars, intervals. */
    drawBelow(u) {
      u.ctx.save();
      if (this.isRows) this.drawNames(u);
      for (const level of this.content.levels) this.drawLevel(u, level);
      for (const layer of this.layers.filter((each) => each.shown && marked(each))) {
        u.ctx.strokeStyle = u.ctx.fillStyle = this.colours.line(layer.colour);
        u.ctx.globalAlpha = layer.faded ? FADED : 0.75;
        for (const point of this.visible(layer)) {
          if (layer.mark === "bars") this.drawBar(u, point);
          if (!whiskered(layer)) continue;
          if (layer.mark === "bars") u.ctx.strokeStyle = this.colours.ink;
          this.drawSpan(u, point.x, point.interval, 1.5);
          this.drawSpan(u, point.x, point.inner, 4);
        }
      }
      u.ctx.restore();
    }

    drawNames(u) {
      const { ctx, bbox } = u;
      ctx.font = this.font();
      ctx.fillStyle = this.colours.ink;
      ctx.textAlign = "right";
      ctx.textBaseline = "middle";
      this.names().forEach((lines, i) => {
        const middle = u.valToPos(i, "x", true);
        const left = bbox.left - 8 * devicePixelRatio;
        lines.forEach((line, k) =>
          ctx.fillText(line, left, middle + (k - (lines.length - 1) / 2) * LINE * devicePixelRatio),
        );
      });
    }

    /** A line along the values, at a place: an interval. */
    drawSpan(u, x, ends, width) {
      if (!ends || ends.some((end) => end === null)) return;
      const [first, last] = ends.map((end) => this.spot(x, Math.max(end, this.lowest(u)), true));
      u.ctx.lineWidth = width * devicePixelRatio;
      u.ctx.beginPath();
      u.ctx.moveTo(...first);
      u.ctx.lineTo(...last);
      u.ctx.stroke();
    }

    drawBar(u, point) {
      const half = this.isRows ? Math.min(0.32, 0.4 / this.layers.length) : 0;
      const base = Math.max(0, this.lowest(u));
      const [a, b] = [this.spot(point.x - half, base, true), this.spot(point.x + half, point.y, true)];
      const [left, top] = [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
      const least = half ? 0 : 6 * devicePixelRatio;
      const width = Math.max(Math.abs(a[0] - b[0]), least);
      u.ctx.fillRect(half ? left : left - least / 2, top, width, Math.abs(a[1] - b[1]));
    }

    /** A logarithmic axis has no place for what lies below its end. */
    lowest(u) {
      return this.content.y.scale === "log" ? u.scales.y.min : -Infinity;
    }

    drawLevel(u, level) {
      const { ctx, bbox } = u;
      const { min, max, ori } = u.scales[level.axis];
      const [low, high] = [level.value, level.to ?? level.value].map((v) => Math.min(Math.max(v, min), max));
      if (high === low && low !== level.value) return;
      const [first, last] = [low, high].map((v) => u.valToPos(v, level.axis, true));
      const upright = ori === 0;
      ctx.fillStyle = ctx.strokeStyle = this.colours.reference;
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
      if (level.to === null) {
        ctx.beginPath();
        ctx.moveTo(...(upright ? [first, bbox.top] : [bbox.left, first]));
        ctx.lineTo(...(upright ? [first, bbox.top + bbox.height] : [bbox.left + bbox.width, first]));
        ctx.stroke();
      } else {
        ctx.globalAlpha = 0.18;
        if (upright) ctx.fillRect(first, bbox.top, last - first, bbox.height);
        else ctx.fillRect(bbox.left, last, bbox.width, first - last);
        ctx.globalAlpha = 1;
      }
      ctx.setLineDash([]);
      ctx.font = this.font();
      ctx.textBaseline = upright || level.to !== null ? "top" : "bottom";
      const gap = 4 * devicePixelRatio;
      const turned = upright && first > bbox.left + 0.6 * bbox.width;
      ctx.textAlign = turned ? "right" : "left";
      const [left, top] = upright ? [first, bbox.top] : [bbox.left, level.to === null ? first - gap / 2 : last + gap];
      ctx.fillText(level.label, left + (turned ? -gap : gap), top);
    }

    font() {
      return FONT.replace("13px", `${13 * devicePixelRatio}px`);
    }

    /** Write each line's name at its end, from the lowest up, so that none covers another. */
    drawLabels(u) {
      const { ctx, bbox } = u;
      const height = 15 * devicePixelRatio;
      const ends = this.labelled()
        .filter((layer) => layer.shown)
        .map((layer) => ({
          layer,
          last: layer.points.filter((p) => p.x <= u.scales.x.max).at(-1),
        }))
        .filter(({ last }) => last)
        .map(({ layer, last }) => ({ layer, y: u.valToPos(last.y, "y", true) }))
        .sort((a, b) => b.y - a.y);
      ctx.save();
      ctx.font = this.font();
      ctx.textAlign = "left";
      ctx.textBaseline = "middle";
      let floor = bbox.top + bbox.height;
      for (const { layer, y } of ends) {
        const lines = wrapped(ctx, layer.label, (this.labelWidth() - 6) * devicePixelRatio);
        const block = lines.length * height;
        const middle = Math.min(y, floor - block / 2);
        floor = middle - block / 2;
        ctx.fillStyle = layer.faded ? this.colours.veil(layer.colour, 0.5) : this.colours.line(layer.colour);
        lines.forEach((line, i) => {
          const left = bbox.left + bbox.width + 5 * devicePixelRatio;
          ctx.fillText(line, left, middle + (i - (lines.length - 1) / 2) * height);
        });
      }
      ctx.restore();
    }

    // What a reader does.

    show(layer, shown) {
      layer.shown = shown;
      this.clear();
      this.plot.batch(() => layer.series.forEach((i) => this.plot.setSeries(i, { show: shown })));
    }

    range() {
      return [this.plot.scales.x.min, this.plot.scales.x.max];
    }

    /** Show a range at once: outside a batch, uPlot sets it after this code has ended. */
    to(low, high) {
      this.plot.batch(() => this.plot.setScale("x", { min: low, max: high }));
    }

    reset() {
      this.to(...this.full);
      this.sayRange();
    }

    sayRange() {
      const [low, high] = this.range().map((value) => this.xShown(value));
      this.said.textContent = `Shown: ${low} to ${high}`;
    }

    xShown(value) {
      const { x } = this.content;
      return xWords(x, x.kind === "date" ? value : Math.round(value));
    }

    zoom(factor) {
      const [low, high] = this.range();
      const middle = this.chosen ? this.chosen.point.x : (low + high) / 2;
      const keep = this.chosen;
      const ends = [middle - (middle - low) * factor, middle + (high - middle) * factor];
      this.to(Math.max(ends[0], this.full[0]), Math.min(ends[1], this.full[1]));
      if (keep) this.choose(keep.layer, keep.point);
      this.sayRange();
    }

    pan(share) {
      const [low, high] = this.range();
      const wanted = share * (high - low);
      const step = Math.min(Math.max(wanted, this.full[0] - low), this.full[1] - high);
      this.to(low + step, high + step);
      this.sayRange();
    }

    visible(layer) {
      const [low, high] = this.range();
      return layer.points.filter((point) => point.x >= low && point.x <= high);
    }

    position(point) {
      return this.spot(point.x, point.y, false);
    }

    /** Where a place and a value lie; categories stand one below the other. */
    spot(x, y, onCanvas) {
      const found = [this.plot.valToPos(x, "x", onCanvas), this.plot.valToPos(y, "y", onCanvas)];
      return this.isRows ? found.reverse() : found;
    }

    point(event) {
      const frame = this.plot.over.getBoundingClientRect();
      const at = [event.clientX - frame.left, event.clientY - frame.top];
      let best = { distance: NEAR_PIXELS };
      for (const layer of this.layers.filter((l) => l.shown)) {
        for (const point of this.visible(layer)) {
          const [x, y] = this.position(point);
          // Anywhere in a row is near its mark: a bar is pointed at, and not its end.
          const distance = Math.hypot((x - at[0]) / (this.isRows ? 50 : 1), y - at[1]);
          if (distance < best.distance) best = { distance, layer, point };
        }
      }
      if (best.point) this.choose(best.layer, best.point);
      else this.clear();
    }

    choose(layer, point) {
      this.chosen = { layer, point };
      const [x, y] = this.position(point);
      const lines = this.lines(layer, point);
      this.tip.replaceChildren(
        ...lines.map((line, i) => {
          const element = document.createElement(i ? "span" : "strong");
          element.textContent = line;
          return element;
        }),
      );
      for (const e of [this.ring, this.tip]) e.classList.add("chosen");
      this.ring.style.transform = `translate(${x}px, ${y}px)`;
      // It may cover the axes, but not leave the box.
      const { offsetWidth: width, offsetHeight: height } = this.tip;
      const start = this.plot.over.offsetLeft;
      const middle = Math.max(x - width / 2, -start);
      const left = Math.min(middle, this.box.clientWidth - start - width);
      const above = y - height - 12;
      const top = above < -10 ? y + 12 : above;
      this.tip.style.transform = `translate(${left}px, ${top}px)`;
    }

    lines(layer, point) {
      const { x, y, interval } = this.content;
      const [name, ...details] = point.details;
      const found = [name ? `${name.value} (${layer.label})` : layer.label];
      const value = shownBy[y.kind];
      found.push(this.isRows ? this.content.categories[Math.round(point.x)] : xWords(x, point.x));
      found.push(`${y.label.replace(", %", "")}: ${value(point.y)}`);
      const isWhole = (ends) => ends?.every((end) => end !== null);
      if (isWhole(point.interval)) found.push(`${interval}: ${point.interval.map(value).join(" to ")}`);
      if (isWhole(point.inner)) found.push(`Middle half: ${point.inner.map(value).join(" to ")}`);
      for (const { label, value: cell } of details) {
        if (cell !== null) found.push(`${label}: ${words(cell)}`);
      }
      return found;
    }

    clear() {
      this.chosen = null;
      for (const e of [this.ring, this.tip]) e.classList.remove("chosen");
    }

    // The keyboard.

    key(event) {
      const [along, across] = [(step) => this.along(step), (step) => this.across(step)];
      const [sideways, upright] = this.isRows ? [across, along] : [along, across];
      const action = {
        ArrowRight: () => sideways(1),
        ArrowLeft: () => sideways(-1),
        ArrowUp: () => upright(-1),
        ArrowDown: () => upright(1),
        Home: () => this.along(-Infinity),
        End: () => this.along(Infinity),
        "+": () => this.zoom(ZOOM_STEP),
        "=": () => this.zoom(ZOOM_STEP),
        "-": () => this.zoom(1 / ZOOM_STEP),
        0: () => this.reset(),
        Escape: this.chosen && (() => this.clear()),
      }[event.key];
      if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      action();
    }

    along(step) {
      const shown = this.layers.filter((layer) => layer.shown && this.visible(layer).length);
      if (!shown.length) return;
      // The last layer lies on top, and is the one that the figure is about.
      const layer = this.chosen ? this.chosen.layer : shown.at(-1);
      const points = this.visible(layer);
      const now = this.chosen ? points.indexOf(this.chosen.point) : step > 0 ? -1 : points.length;
      const next = Math.min(Math.max(now + step, 0), points.length - 1);
      this.say(layer, points[next]);
    }

    across(step) {
      if (!this.chosen) return this.along(1);
      const shown = this.layers.filter((layer) => layer.shown && this.visible(layer).length);
      const at = shown.indexOf(this.chosen.layer) + step;
      const layer = shown[(at + shown.length) % shown.length];
      const away = (point) => Math.abs(point.x - this.chosen.point.x);
      this.say(layer, this.visible(layer).reduce((a, b) => (away(b) < away(a) ? b : a)));
    }

    say(layer, point) {
      this.choose(layer, point);
      this.said.textContent = this.lines(layer, point).join(". ");
    }

    // What changes around it.

    watch() {
      this.box.addEventListener("keydown", (event) => this.key(event));
      new ResizeObserver(() => {
        const width = this.box.clientWidth;
        if (width && width !== this.plot.width) this.draw(this.range());
      }).observe(this.box);
      const again = () => this.draw(this.range());
      const themes = new MutationObserver(again);
      for (const e of [document.documentElement, document.body]) {
        themes.observe(e, { attributeFilter: ["data-theme", "data-mode", "class"] });
      }
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    }
  }

  window.OvertakeChart = Chart;
})();
