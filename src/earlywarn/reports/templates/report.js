"use strict";
(() => {
  // Filter and sort the list. Without this script the page is whole, in alphabetical order.
  const table = document.getElementById("areas-table");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const [find, region, band, status] = ["find", "region", "band", "status"].map((id) => document.getElementById(id));
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const names = new Map(rows.map((row) => [row, plain(row.cells[0].textContent + " " + row.cells[1].textContent)]));
  const collator = new Intl.Collator("en-GB", { numeric: true });
  let sorted = 0;

  const tell = () => {
    const shown = rows.filter((row) => !row.hidden).length;
    const caution = sorted === 3 ? " In order of risk: where intervals overlap, the order means nothing." : "";
    status.textContent = `Showing ${shown} of ${rows.length} areas.${caution}`;
  };
  const filter = () => {
    const wanted = plain(find.value.trim());
    for (const row of rows) {
      row.hidden = !(
        names.get(row).includes(wanted) &&
        (!region.value || row.dataset.region === region.value) &&
        (!band.value || row.dataset.band === band.value)
      );
      // print what is shown: an area that the filter leaves out has no section on paper
      const link = row.querySelector("a");
      if (link) document.querySelector(link.getAttribute("href"))?.classList.toggle("left-out", row.hidden);
    }
    tell();
  };
  const sort = (column, direction) => {
    const key = (row) => row.cells[column].dataset.value;
    const number = heads[column].dataset.sort === "number";
    const order = (one, other) => (number ? Number(one) - Number(other) : collator.compare(one, other));
    const sign = direction === "ascending" ? 1 : -1;
    const byName = new Map(rows.map((row, place) => [row, place]));
    body.append(
      ...rows.slice().sort((one, other) => {
        const [a, b] = [key(one), key(other)];
        if ((a === "") !== (b === "")) return a === "" ? 1 : -1; // what is not known stands last
        return sign * order(a, b) || byName.get(one) - byName.get(other);
      }),
    );
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[column].setAttribute("aria-sort", direction);
    sorted = column;
    tell();
  };
  const reset = () => {
    find.value = region.value = band.value = "";
    filter();
    body.append(...rows);
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[0].setAttribute("aria-sort", "ascending");
    sorted = 0;
    tell();
  };

  heads.forEach((head, column) => {
    if (!head.dataset.sort) return;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () =>
      sort(column, head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending"),
    );
    head.replaceChildren(button);
  });
  find.addEventListener("input", filter);
  region.addEventListener("change", filter);
  band.addEventListener("change", filter);
  document.getElementById("reset").addEventListener("click", reset);
  const form = document.getElementById("controls");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  reset();
})();
