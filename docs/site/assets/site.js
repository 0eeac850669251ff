// A box above each long table that shows the rows with a word in them, a way into scrolled regions by
// keyboard, and names for what a screen reader would take for many navigations.
document.addEventListener("DOMContentLoaded", () => {
  const LONG = 8;
  for (const table of document.querySelectorAll(".md-typeset table")) {
    const rows = [...table.tBodies[0]?.rows ?? []];
    if (rows.length < LONG) continue;
    const label = document.createElement("label");
    label.className = "table-filter";
    label.textContent = "Show rows with";
    const input = document.createElement("input");
    input.type = "search";
    label.append(input);
    input.addEventListener("input", () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const row of rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
      }
    });
    (table.closest(".md-typeset__scrollwrap") ?? table).before(label);
  }
  // Under a guide's table of what a day costs: the same with the reader's own numbers.
  for (const table of document.querySelectorAll(".md-typeset table")) {
    const row = table.tBodies[0]?.rows[1];
    if (table.tHead?.textContent.trim().startsWith("Events a second") && row) {
      (table.closest(".md-typeset__scrollwrap") ?? table).after(estimate(row.cells[1].textContent));
    }
  }
  for (const region of document.querySelectorAll(".md-typeset pre > code, .md-typeset__table, .md-typeset__scrollwrap")) {
    if (region.scrollWidth > region.clientWidth) region.tabIndex = 0;
  }
  // The theme makes a `nav` of each code block's buttons, after the page is there.
  const name = () => {
    document.querySelectorAll("nav.md-code__nav").forEach((nav, index) => {
      const label = `Code block ${index + 1}`;
      if (nav.getAttribute("aria-label") !== label) nav.setAttribute("aria-label", label);
    });
  };
  name();
  new MutationObserver(name).observe(document.body, { childList: true, subtree: true });
});

function estimate(bytes) {
  const form = document.createElement("fieldset");
  form.className = "estimate";
  const legend = document.createElement("legend");
  legend.textContent = "With numbers of your own";
  form.append(legend);
  const field = (words, value) => {
    const label = document.createElement("label");
    const input = document.createElement("input");
    Object.assign(input, { type: "number", min: "0", step: "any", value });
    label.append(words, input);
    form.append(label);
    return input;
  };
  const rate = field("Events a second", 10);
  const size = field("Bytes an event", bytes.replace(/\D/g, ""));
  const price = field("Price of a GB", 0);
  const said = document.createElement("output");
  form.append(said);
  const show = () => {
    const month = rate.valueAsNumber * size.valueAsNumber * 86_400 * 30 / 1e9;
    const number = (value) => value.toLocaleString("en", { maximumFractionDigits: value < 100 ? 2 : 0 });
    said.textContent = Number.isNaN(month)
      ? "Three numbers, please."
      : `${number(month)} GB in 30 days` + (price.value > 0 ? `, ${number(month * price.valueAsNumber)} for them` : "");
  };
  form.addEventListener("input", show);
  show();
  return form;
}
