"use strict";

// What scrolls sideways can be reached by keyboard, and says what it is.
const reach = () => {
  for (const box of document.querySelectorAll(".scroll")) {
    if (box.scrollWidth <= box.clientWidth && box.scrollHeight <= box.clientHeight) continue;
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", box.querySelector("caption").textContent);
  }
};
reach();
addEventListener("resize", reach);
for (const numbers of document.querySelectorAll(".numbers")) numbers.addEventListener("toggle", reach);

// Tables that sort by the column whose heading is pressed; figures as numbers, the largest first.
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    heading.append(button);
    button.addEventListener("click", () => {
      const figures = heading.classList.contains("figure");
      const first = figures ? "descending" : "ascending";
      const order = heading.getAttribute("aria-sort") === first ? (figures ? "ascending" : "descending") : first;
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const text = (row) => row.cells[column].textContent;
      const number = (row) => parseFloat(text(row).replaceAll(",", ""));
      const compare = figures
        ? (one, other) => (number(one) || 0) - (number(other) || 0)
        : (one, other) => text(one).localeCompare(text(other), "en", { numeric: true });
      for (const body of table.tBodies) {
        body.append(...[...body.rows].sort((one, other) => sign * compare(one, other)));
      }
    });
  });
}

// Filters of the case studies' relations; a document none of whose relations is left goes too.
const form = document.querySelector(".filters");
if (form) {
  const cases = [...document.querySelectorAll(".case")];
  const chosen = (name) => new Set([...form.querySelectorAll(`[name=${name}]:checked`)].map((box) => box.value));
  const filter = () => {
    const [outcomes, distances] = [chosen("outcome"), chosen("distance")];
    let shown = 0, all = 0, documents = 0;
    for (const study of cases) {
      let left = 0;
      for (const item of study.querySelectorAll(".relations > li")) {
        item.hidden = !(outcomes.has(item.dataset.outcome) && distances.has(item.dataset.distance));
        if (item.hidden) item.querySelector("details").open = false;
        left += !item.hidden;
        all += 1;
      }
      study.hidden = !left;
      documents += !!left;
      shown += left;
    }
    const counted = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;
    form.querySelector("output").textContent = `${shown} of ${counted(all, "relation")}, in ${counted(documents, "document")}`;
  };
  form.hidden = false;
  form.addEventListener("change", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
}

// The relation that is open marks its head and tail in the text, with the attention that each mention gets.
const mark = (study) => {
  for (const place of study.querySelectorAll(".sentences mark")) {
    place.classList.remove("head", "tail");
    delete place.dataset.shown;
  }
  const relation = study.querySelector(".relation[open]");
  if (!relation) return;
  const shares = new Map();
  for (const item of relation.querySelectorAll("[data-mention]")) {
    shares.set(item.dataset.mention, item.querySelector(".share").textContent);
  }
  for (const place of study.querySelectorAll(".sentences mark")) {
    for (const mention of place.dataset.mentions.split(" ")) {
      const entity = mention.split(".")[0];
      if (entity === relation.dataset.head) place.classList.add("head");
      else if (entity === relation.dataset.tail) place.classList.add("tail");
      else continue;
      if (shares.has(mention) && place.querySelector("small")) place.dataset.shown = shares.get(mention);
    }
  }
};
for (const relation of document.querySelectorAll(".relation")) {
  relation.addEventListener("toggle", () => mark(relation.closest(".case")));
}
// A relation may be open from the start.
for (const study of document.querySelectorAll(".case")) mark(study);
