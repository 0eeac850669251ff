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
