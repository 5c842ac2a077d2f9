// Links to the pages of the lessons, where they can be: in a file that was moved they would lead nowhere.

function areThere(lessons) {
  const isAddress = /^[a-z][a-z0-9+.-]*:/i.test(lessons);
  return isAddress || location.protocol !== "file:" || location.pathname.includes("/target/web/");
}

// Gives the link its address, else leaves the lesson's name as text, and says once in its paragraph what makes the pages.
export function linkLesson(link, page, lessons) {
  if (areThere(lessons)) {
    link.href = lessons + page;
    return;
  }
  link.removeAttribute("href");
  const paragraph = link.closest("p");
  if (paragraph.querySelector(".made")) return;
  const note = document.createElement("span");
  const command = document.createElement("code");
  note.className = "made";
  command.textContent = "cargo xtask book";
  note.append(" (", command, paragraph.querySelectorAll("a").length > 1 ? " makes them.)" : " makes it.)");
  paragraph.append(note);
}
