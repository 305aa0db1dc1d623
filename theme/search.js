// Opened as a file, a page may not fetch another one: results then stand without their excerpts.
"use strict";
if (window.location.protocol === "file:") {
  DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
}
