
document.getElementById("language").addEventListener("click", () => {
  const page = document.documentElement;
  page.lang = page.lang === "ja" ? "en" : "ja";
});
for (const input of document.querySelectorAll("input.filter")) {
  const rows = input.nextElementSibling.tBodies[0].rows;
  input.addEventListener("input", () => {
    const wanted = input.value.toLowerCase();
    for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
}
