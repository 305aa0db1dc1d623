/* Draws a figure's rows in place of its picture, when a reader asks. The drawing is uPlot's,
   which is fetched only then; the page carries the rows. Not a module: browsers refuse those
   to pages opened from a file. */
(() => {
  "use strict";

  const HERE = document.currentScript.src.replace(/[^/]*$/, "");
  const LIBRARY = `${HERE}vendor/uplot/uPlot.iife.min.js`;
  const LIBRARY_STYLE = `${HERE}vendor/uplot/uPlot.min.css`;
  const FONT = "13px system-ui, sans-serif";
  const HEIGHT = 380;
  const NEAR_PIXELS = 60;
  const ZOOM_STEP = 0.6;

  // The library, once.

  let library = null;

  function bringLibrary() {
    library ??= new Promise((resolve, reject) => {
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = LIBRARY_STYLE;
      const script = document.createElement("script");
      script.src = LIBRARY;
      script.onload = resolve;
      script.onerror = () => {
        library = null;
        reject(new Error(`${LIBRARY} can't be read`));
      };
      document.head.append(style, script);
    });
    return library;
  }

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

  // Rows of the CSV, by layer.

  function place(cell, kind) {
    return kind === "date" ? Date.parse(`${cell.slice(0, 10)}T00:00:00Z`) / 1000 : cell;
  }

  function readLayer(content, layer) {
    const at = Object.fromEntries(content.columns.map((name, i) => [name, i]));
    const wanted = Object.entries(layer.where);
    const pair = (row, names) => names && names.map((name) => row[at[name]]);
    const points = content.rows
      .filter((row) => wanted.every(([name, value]) => String(row[at[name]]) === value))
      .filter((row) => typeof row[at[layer.y]] === "number")
      .map((row) => ({
        x: place(row[at[content.x.column]], content.x.kind),
        y: row[at[layer.y]],
        interval: pair(row, layer.interval),
        inner: pair(row, layer.inner),
        details: content.details.map((d) => ({ label: d.label, value: row[at[d.column]] })),
      }))
      .sort((a, b) => a.x - b.x);
    return { ...layer, points, shown: true };
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
      const left = u.valToPos(x, "x", true);
      const top = u.valToPos(y, "y", true);
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
    const colour = colours.line(layer.colour);
    const marked = layer.mark === "points" || layer.mark === "triangles";
    const dots = {
      show: true,
      size: 7,
      stroke: colour,
      fill: marked ? colours.veil(layer.colour, 0.6) : colour,
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
      const pairs = layer.interval_as === "band" ? [["interval", 0.16], ["inner", 0.26]] : [];
      layer.series = [];
      for (const [name, alpha] of pairs) {
        if (!layer[name]) continue;
        for (const end of [1, 0]) {
          layer.series.push(series.length);
          data.push(table.fill(layer, (point) => point[name][end]));
          series.push({ stroke: "transparent", width: 0, points: { show: false }, spanGaps: true });
        }
        const low = series.length - 1;
        bands.push({ series: [low - 1, low], fill: colours.veil(layer.colour, alpha) });
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

  class Chart {
    constructor(root, content) {
      this.root = root;
      this.content = content;
      this.layers = content.layers
        .map((layer) => readLayer(content, layer))
        .filter((layer) => layer.points.length);
      const xs = this.layers.flatMap((layer) => layer.points.map((point) => point.x));
      this.full = padded(Math.min(...xs), Math.max(...xs), "linear", 0.03);
      this.chosen = null;
      this.build();
      this.draw();
      this.watch();
    }

    // Around the drawing: title, switches, buttons, and what is read out.

    build() {
      const add = (tag, className, text = "") => {
        const element = document.createElement(tag);
        element.className = className;
        element.textContent = text;
        return element;
      };
      this.title = add("p", "interactive-title", this.content.title);
      this.switches = add("div", "interactive-switches");
      this.switches.setAttribute("role", "group");
      this.switches.setAttribute("aria-label", "Show or hide");
      for (const layer of this.layers) this.switches.append(this.switchOf(layer));
      this.box = add("div", "interactive-box");
      this.box.tabIndex = 0;
      this.box.setAttribute("role", "application");
      this.box.setAttribute(
        "aria-label",
        `${this.content.title}. Arrow keys move between points, plus and minus zoom, 0 resets.`,
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
      this.help = add(
        "p",
        "interactive-help",
        "Point at a mark for its values; drag to zoom; with the keyboard, arrow keys, + − and 0.",
      );
      this.said = add("p", "interactive-said");
      this.said.setAttribute("aria-live", "polite");
      this.root.append(this.title, this.switches, this.box, this.buttons, this.help, this.said);
    }

    switchOf(layer) {
      const label = document.createElement("label");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = true;
      box.addEventListener("change", () => this.show(layer, box.checked));
      layer.swatch = document.createElement("span");
      layer.swatch.className = `interactive-swatch ${layer.stroke} ${layer.mark.split(" ").at(-1)}`;
      const marked = layer.mark === "points" || layer.mark === "triangles";
      const count = marked ? ` (n = ${layer.points.length})` : "";
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
      const log = y.scale === "log";
      const keep = (_, splits) => splits;
      const yAxis = axisOf(y, this.colours);
      this.plot = new uPlot(
        {
          width: this.box.clientWidth,
          height: HEIGHT,
          padding: [12, this.labelWidth(), 0, 0],
          legend: { show: false },
          cursor: {
            points: { show: false },
            y: false,
            drag: { x: true, y: false, setScale: true },
            bind: { dblclick: () => () => this.reset() },
          },
          scales: {
            x: { time: x.kind === "date", range: (_, low, high) => [low, high] },
            y: { distr: log ? 3 : 1, range: (_, low, high) => this.yRange(low, high) },
          },
          tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
          axes: [
            { ...axisOf(x, this.colours), space: 55, size: x.kind === "date" ? 50 : 32, labelSize: 22 },
            {
              ...yAxis,
              size: 56,
              labelSize: 22,
              ...(log && {
                splits: (_, axis, low, high) => logTicks(low, high),
                // All are wanted: uPlot would keep only some of a logarithmic axis.
                filter: keep,
                grid: { ...yAxis.grid, filter: keep },
                ticks: { ...yAxis.ticks, filter: keep },
              }),
            },
          ],
          series,
          bands,
          hooks: {
            drawAxes: [(u) => this.drawLevels(u)],
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

    yRange(low, high) {
      const { scale, limits } = this.content.y;
      if (limits) return limits;
      const levels = this.content.levels.filter((l) => l.axis === "y").map((l) => l.value);
      // Without anything shown there is no range; any will do.
      const ends = low === null ? [1, 10] : [Math.min(low, ...levels), Math.max(high, ...levels)];
      return padded(...ends, scale, 0.06);
    }

    labelled() {
      return this.layers.filter((layer) => layer.mark.includes("line") || layer.mark === "steps");
    }

    labelWidth() {
      return this.labelled().length ? 92 : 12;
    }

    drawLevels(u) {
      const { ctx, bbox } = u;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = this.colours.reference;
      ctx.lineWidth = devicePixelRatio;
      ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
      ctx.font = this.font();
      for (const level of this.content.levels) {
        const at = u.valToPos(level.value, level.axis, true);
        const { min, max } = u.scales[level.axis];
        if (level.value < min || level.value > max) continue;
        ctx.beginPath();
        if (level.axis === "x") {
          ctx.moveTo(at, bbox.top);
          ctx.lineTo(at, bbox.top + bbox.height);
        } else {
          ctx.moveTo(bbox.left, at);
          ctx.lineTo(bbox.left + bbox.width, at);
        }
        ctx.stroke();
        const gap = 4 * devicePixelRatio;
        ctx.textBaseline = level.axis === "x" ? "top" : "bottom";
        ctx.textAlign = "left";
        const [left, top] = level.axis === "x" ? [at, bbox.top] : [bbox.left, at - gap / 2];
        ctx.fillText(level.label, left + gap, top);
      }
      ctx.restore();
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
        const lines = this.wrapped(ctx, layer.label);
        const block = lines.length * height;
        const middle = Math.min(y, floor - block / 2);
        floor = middle - block / 2;
        ctx.fillStyle = this.colours.line(layer.colour);
        lines.forEach((line, i) => {
          const left = bbox.left + bbox.width + 5 * devicePixelRatio;
          ctx.fillText(line, left, middle + (i - (lines.length - 1) / 2) * height);
        });
      }
      ctx.restore();
    }

    wrapped(ctx, text) {
      const most = (this.labelWidth() - 6) * devicePixelRatio;
      return text.split(" ").reduce(
        (lines, word) => {
          const longer = `${lines.at(-1)} ${word}`.trim();
          if (ctx.measureText(longer).width <= most) lines[lines.length - 1] = longer;
          else lines.push(word);
          return lines;
        },
        [""],
      );
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
      return [this.plot.valToPos(point.x, "x"), this.plot.valToPos(point.y, "y")];
    }

    point(event) {
      const frame = this.plot.over.getBoundingClientRect();
      const at = [event.clientX - frame.left, event.clientY - frame.top];
      let best = { distance: NEAR_PIXELS };
      for (const layer of this.layers.filter((l) => l.shown)) {
        for (const point of this.visible(layer)) {
          const [x, y] = this.position(point);
          const distance = Math.hypot(x - at[0], y - at[1]);
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
      found.push(xWords(x, point.x), `${y.label.replace(", %", "")}: ${value(point.y)}`);
      if (point.interval) found.push(`${interval}: ${point.interval.map(value).join(" to ")}`);
      if (point.inner) found.push(`Middle half: ${point.inner.map(value).join(" to ")}`);
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
      const action = {
        ArrowRight: () => this.along(1),
        ArrowLeft: () => this.along(-1),
        ArrowUp: () => this.across(-1),
        ArrowDown: () => this.across(1),
        Home: () => this.along(-Infinity),
        End: () => this.along(Infinity),
        "+": () => this.zoom(ZOOM_STEP),
        "=": () => this.zoom(ZOOM_STEP),
        "-": () => this.zoom(1 / ZOOM_STEP),
        0: () => this.reset(),
        Escape: () => this.clear(),
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
        if (width && width !== this.plot.width) this.plot.setSize({ width, height: HEIGHT });
      }).observe(this.box);
      const again = () => this.draw(this.range());
      const themes = new MutationObserver(again);
      for (const e of [document.documentElement, document.body]) {
        themes.observe(e, { attributeFilter: ["data-theme", "data-mode", "class"] });
      }
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    }
  }

  // The picture and the chart take turns.

  function prepare(holder) {
    const picture = holder.previousElementSibling;
    const button = holder.querySelector("button");
    const root = holder.querySelector(".interactive-chart");
    const note = holder.querySelector(".interactive-note");
    const content = JSON.parse(holder.querySelector("script").textContent);
    const failure = document.createElement("p");
    failure.className = "interactive-note";
    failure.setAttribute("role", "alert");
    button.addEventListener("click", async () => {
      const opening = root.hidden;
      try {
        if (opening) await bringLibrary();
        failure.remove();
      } catch {
        failure.textContent = "The chart can't be loaded.";
        holder.append(failure);
        return;
      }
      picture.classList.toggle("interactive-replaced", opening);
      root.hidden = !opening;
      if (note) note.hidden = !opening;
      button.textContent = opening ? "Back to the picture" : "Explore this figure";
      button.setAttribute("aria-expanded", String(opening));
      if (opening) holder.chart ??= new Chart(root, content);
    });
    holder.hidden = false;
  }

  const start = () => document.querySelectorAll(".overtake-interactive").forEach(prepare);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
