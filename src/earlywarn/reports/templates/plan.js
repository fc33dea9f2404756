"use strict";
(() => {
  // Choose areas by name, region, quarter and kind. Without this script the page is whole.
  const parts = Array.from(document.querySelectorAll("details.one"));
  const rows = Array.from(document.querySelectorAll("tr[data-for]"));
  const groups = Array.from(document.querySelectorAll("[data-group]"));
  const [find, region, quarter, kind, status] = ["find", "region", "quarter", "kind", "status"].map((id) =>
    document.getElementById(id),
  );
  const plain = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const names = new Map(parts.map((part) => [part, plain(part.dataset.name)]));
  const tags = new Map(parts.map((part) => [part, part.dataset.tags.split(" ")]));
  const planned = (part) => part.dataset.quarter !== "";

  const tell = (shown) => {
    const visits = shown.filter(planned).length;
    const all = shown.length === parts.length;
    status.textContent = all
      ? `Showing all ${parts.length} areas, ${visits} with a review.`
      : `Showing ${shown.length} of ${parts.length} areas, ${visits} with a review.`;
    status.classList.toggle("on-paper", !all);
  };
  const filter = () => {
    const wanted = plain(find.value.trim());
    const shown = parts.filter(
      (part) =>
        names.get(part).includes(wanted) &&
        (!region.value || part.dataset.region === region.value) &&
        (!quarter.value || part.dataset.quarter === quarter.value) &&
        (!kind.value || tags.get(part).includes(kind.value)),
    );
    const ids = new Set(shown.map((part) => part.id));
    for (const part of parts) part.hidden = !ids.has(part.id);
    for (const row of rows) row.hidden = !ids.has(row.dataset.for);
    for (const group of groups) {
      const empty = !group.querySelector("tr[data-for]:not([hidden])");
      group.querySelector("table").hidden = empty;
      group.querySelector(".nothing").hidden = !empty;
    }
    document.getElementById("no-area").hidden = shown.length > 0;
    tell(shown);
  };
  const reset = () => {
    find.value = region.value = quarter.value = kind.value = "";
    filter();
  };
  // a link to an area opens it, even where the choice had left it out
  const follow = () => {
    const part = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!part?.matches("details.one")) return;
    if (part.hidden) reset();
    part.open = true;
    part.querySelector("summary").focus();
    part.scrollIntoView();
  };

  document.getElementById("open").addEventListener("click", () => {
    for (const part of parts) part.open = !part.hidden || part.open;
  });
  document.getElementById("close").addEventListener("click", () => {
    for (const part of parts) part.open = false;
  });
  document.addEventListener("click", (event) => {
    // the same link a second time changes no address, and opens the area all the same
    const link = event.target.closest?.('a[href^="#area-"]');
    if (link && link.hash === location.hash) follow();
  });
  addEventListener("hashchange", follow);
  find.addEventListener("input", filter);
  for (const select of [region, quarter, kind]) select.addEventListener("change", filter);
  document.getElementById("reset").addEventListener("click", () => {
    reset();
    find.focus();
  });
  const form = document.getElementById("controls");
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = document.getElementById("openers").hidden = false;
  reset();
  follow();
})();
