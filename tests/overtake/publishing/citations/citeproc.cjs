// Write items in styles as citeproc-js does. Reads {engine, locale, styles, items} on its standard
// input: where the engine lies, XML by name, and CSL-JSON. Each item is written alone: beside
// others of the same author and year, a style would tell them apart by letters.

"use strict";

const asked = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const CSL = require(asked.engine);
const items = new Map(asked.items.map((item) => [item.id, item]));

function engineOf(style) {
  const system = {
    retrieveLocale: () => asked.locale,
    retrieveItem: (id) => structuredClone(items.get(id)),
  };
  const engine = new CSL.Engine(system, style, "en-US");
  engine.setOutputFormat("text");
  return engine;
}

function written(engine, id) {
  engine.updateItems([id]);
  const cited = { citationItems: [{ id }], properties: { noteIndex: 0 } };
  return {
    entry: engine.makeBibliography()[1].join(" "),
    in_text: engine.previewCitationCluster(cited, [], [], "text"),
  };
}

const found = Object.fromEntries(Object.entries(asked.styles).map(([name, style]) => {
  const engine = engineOf(style);
  return [name, asked.items.map(({ id }) => written(engine, id))];
}));
process.stdout.write(JSON.stringify({ version: CSL.PROCESSOR_VERSION, styles: found }));
