"use strict";
/* The terminal takes the keys at once: nobody should have to click on it first. */
window.addEventListener("load", () => {
  const wanted = () => document.querySelector(".xterm-helper-textarea");
  const seen = new MutationObserver(() => {
    if (document.body.classList.contains("-first-byte") && wanted()) {
      wanted().focus();
      seen.disconnect();
    }
  });
  seen.observe(document.body, { attributes: true, childList: true, subtree: true });
});
