"use strict";
(() => {
  // Filter the overview and with it the profiles, on the screen and on paper. Without this script the page is whole.
  const table = document.getElementById("matrix");
  if (!table) return;
  const rows = Array.from(table.tBodies[0].rows);
  const [find, region, status] = ["find", "region", "status"].map((id) => document.getElementById(id));
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const names = new Map(rows.map((row) => [row, plain(`${row.cells[0].textContent} ${row.dataset.region}`)]));

  const filter = () => {
    const wanted = plain(find.value.trim());
    let shown = 0;
    for (const row of rows) {
      row.hidden = !(names.get(row).includes(wanted) && (!region.value || row.dataset.region === region.value));
      shown += row.hidden ? 0 : 1;
      const profile = document.querySelector(row.querySelector("a").getAttribute("href"));
      profile?.classList.toggle("left-out", row.hidden);
    }
    status.textContent = `Showing ${shown} of ${rows.length} areas.`;
  };
  find.addEventListener("input", filter);
  region.addEventListener("change", filter);
  document.getElementById("reset").addEventListener("click", () => {
    find.value = region.value = "";
    filter();
  });
  const form = document.getElementById("controls");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
})();
